package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rate limits. The periods are an hour, so that no bucket fills while a test runs. */
final class LimitsIT {
    private static final String ORDERS = "/api/orders/1";
    private static final String CUSTOMERS = "/api/customers/1";
    private static RealGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("neighbour");
        gateway.change(setting("org=acme", "rate-limit.period", "\"PT1H\""));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void limit(String tenant, int requests) throws InterruptedException {
        gateway.change(tenant(tenant), setting("tenant=" + tenant, "rate-limit.requests", Integer.toString(requests)));
    }

    private static Answer get(String tenant, String path) throws IOException {
        return gateway.send(Request.get(path).token(gateway.token(tenant)));
    }

    private static void use(String tenant, int requests) throws IOException {
        for (int i = 0; i < requests; i++) {
            get(tenant, ORDERS).isServed();
        }
    }

    @Test
    void refusesWhatIsAboveTheLimitAndSaysWhenToComeBack() throws Exception {
        limit("busy", 3);
        Answer first = get("busy", ORDERS).isServed();
        assertThat(first.header("x-ratelimit-limit")).startsWith("3");
        assertThat(first.header("x-ratelimit-remaining")).isEqualTo("2");
        use("busy", 2);
        Answer refused = get("busy", ORDERS).isProblem(429, "rate-limited");
        assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(1L, 3600L);
        assertThat(refused.header("x-ratelimit-remaining")).isEqualTo("0");
        assertThat(refused.header("x-ratelimit-reset")).isNotEmpty();
        get("neighbour", ORDERS).isServed();
    }

    @Test
    void takesNothingFromTheLimitForRefusals() throws Exception {
        limit("frugal", 1);
        gateway.send(Request.get(ORDERS).tenant("frugal")).isProblem(401, "token-required");
        gateway.send(Request.get(ORDERS).tenant("frugal").token(gateway.token("neighbour")))
                .isProblem(403, "tenant-mismatch");
        get("frugal", ORDERS).isServed();
        get("frugal", ORDERS).isProblem(429, "rate-limited");
    }

    @Test
    void onlyCountsInShadowAndNotEvenThatWhenOff() throws Exception {
        limit("shadow", 1);
        gateway.change(setting("tenant=shadow", "rate-limit.mode", "\"shadow\""));
        use("shadow", 3);
        limit("off", 1);
        gateway.change(setting("tenant=off", "rate-limit.mode", "\"off\""));
        use("off", 3);
    }

    @Test
    void limitsEachActorOnItsOwn() throws Exception {
        limit("actors", 100);
        gateway.change(setting("tenant=actors", "rate-limit.actor-requests", "2"));
        Request alice = Request.get(ORDERS).token(gateway.token("actors", "alice"));
        gateway.send(alice).isServed();
        gateway.send(alice).isServed();
        gateway.send(alice).isProblem(429, "rate-limited");
        gateway.send(alice.with("x-user-id", "somebody-else")).isProblem(429, "rate-limited");
        gateway.send(Request.get(ORDERS).token(gateway.token("actors", "bob"))).isServed();
    }

    @Test
    void limitsTheTenantWhoeverItsActorsAre() throws Exception {
        limit("crowd", 3);
        gateway.change(setting("tenant=crowd", "rate-limit.actor-requests", "2"));
        for (String actor : new String[] {"one", "two", "three"}) {
            gateway.send(Request.get(ORDERS).token(gateway.token("crowd", actor)))
                    .isServed();
        }
        gateway.send(Request.get(ORDERS).token(gateway.token("crowd", "four"))).isProblem(429, "rate-limited");
    }

    @Test
    void countsAModuleWithItsOwnLimitByItself() throws Exception {
        limit("split", 2);
        gateway.change(setting("tenant=split,module=customers", "rate-limit.requests", "1"));
        get("split", CUSTOMERS).isServed();
        get("split", CUSTOMERS).isProblem(429, "rate-limited");
        use("split", 2);
        get("split", ORDERS).isProblem(429, "rate-limited");
    }

    @Test
    void countsAModuleThatDiffersOtherwiseWithTheTenant() throws Exception {
        limit("shared", 2);
        gateway.change(setting("tenant=shared,module=customers", "headers.required", "[\"x-client\"]"));
        gateway.send(Request.get(CUSTOMERS).token(gateway.token("shared")).with("x-client", "1"))
                .isServed();
        use("shared", 1);
        gateway.send(Request.get(CUSTOMERS).token(gateway.token("shared")).with("x-client", "1"))
                .isProblem(429, "rate-limited");
    }

    @Test
    void keepsCountingWhileOthersChangeOrWhatEnvoyDoesNotNeed() throws Exception {
        limit("steady", 2);
        use("steady", 2);
        gateway.change(setting("tenant=neighbour", "cors.allowed-origins", "[\"https://new.example.com\"]"));
        get("steady", ORDERS).isProblem(429, "rate-limited");
        gateway.change(setting("tenant=steady", "idempotency.ttl", "\"PT48H\""));
        get("steady", ORDERS).isProblem(429, "rate-limited");
        gateway.change(setting("org=acme", "precondition.mode", "\"off\""));
        get("steady", ORDERS).isProblem(429, "rate-limited");
        limit("newcomer", 5);
        get("steady", ORDERS).isProblem(429, "rate-limited");
    }

    @Test
    void fillsTheBucketAgainWhenTheTenantsOwnPolicyChanges() throws Exception {
        limit("raised", 1);
        use("raised", 1);
        get("raised", ORDERS).isProblem(429, "rate-limited");
        limit("raised", 2);
        use("raised", 2);
        get("raised", ORDERS).isProblem(429, "rate-limited");
    }

    @Test
    void letsComeAtOnceWhatTheBurstSays() throws Exception {
        limit("burst", 1);
        gateway.change(setting("tenant=burst", "rate-limit.burst", "4"));
        use("burst", 4);
        get("burst", ORDERS).isProblem(429, "rate-limited");
    }

    @Test
    void countsAloneWhatTheFleetShouldCountUntilAServiceIsNamed() throws Exception {
        limit("together", 2);
        gateway.change(setting("tenant=together", "rate-limit.counting", "\"shared\""));
        use("together", 2);
        get("together", ORDERS).isProblem(429, "rate-limited");
    }
}
