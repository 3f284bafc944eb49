package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits over a fleet, with Envoy's own rate limit service and Redis. A window is a day, so that none ends meanwhile. */
@Tag("fleet")
final class FleetIT {
    private static final String ORDERS = "/api/orders/1";
    private static final String CUSTOMERS = "/api/customers/1";

    @TempDir
    static Path directory;

    private static RateLimitFleet fleet;

    @BeforeAll
    static void start() throws Exception {
        fleet = new RateLimitFleet(directory);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    private static void limit(String tenant, int requests) throws InterruptedException {
        fleet.gateway()
                .change(tenant(tenant), setting("tenant=" + tenant, "rate-limit.requests", Integer.toString(requests)));
    }

    private static Answer get(String tenant, String user, String path) throws IOException {
        return fleet.gateway().send(Request.get(path).token(fleet.gateway().token(tenant, user)));
    }

    private static Answer get(String tenant, String path) throws IOException {
        return get(tenant, "alice", path);
    }

    @Test
    void holdsOneLimitExactlyOverTwoEnvoys() throws Exception {
        limit("exact", 40);
        List<Long> before = fleet.served();
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            statuses.add(get("exact", ORDERS).status());
        }
        assertThat(statuses.subList(0, 40)).containsOnly(200);
        assertThat(statuses.subList(40, 80)).containsOnly(429);
        List<Long> after = fleet.served();
        assertThat(after.get(0)).as("the first Envoy served some").isGreaterThan(before.get(0));
        assertThat(after.get(1)).as("the second Envoy served some").isGreaterThan(before.get(1));
    }

    @Test
    void refusesAsAGatewayThatCountsAloneDoes() throws Exception {
        limit("alike", 1);
        Answer first = get("alike", ORDERS).isServed();
        assertThat(first.header("x-ratelimit-limit")).startsWith("1");
        assertThat(first.header("x-ratelimit-remaining")).isEqualTo("0");
        Answer refused = get("alike", ORDERS).isProblem(429, "rate-limited");
        assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(1L, 86_400L);
        assertThat(refused.header("x-ratelimit-remaining")).isEqualTo("0");
        assertThat(refused.header("x-ratelimit-reset")).isNotEmpty();
    }

    @Test
    void limitsEachActorOnItsOwn() throws Exception {
        limit("actors", 100);
        fleet.gateway().change(setting("tenant=actors", "rate-limit.actor-requests", "2"));
        get("actors", "alice", ORDERS).isServed();
        get("actors", "alice", ORDERS).isServed();
        get("actors", "alice", ORDERS).isProblem(429, "rate-limited");
        get("actors", "bob", ORDERS).isServed();
    }

    @Test
    void countsAModuleWithItsOwnLimitByItself() throws Exception {
        limit("split", 2);
        fleet.gateway().change(setting("tenant=split,module=customers", "rate-limit.requests", "1"));
        get("split", CUSTOMERS).isServed();
        get("split", CUSTOMERS).isProblem(429, "rate-limited");
        get("split", ORDERS).isServed();
        get("split", ORDERS).isServed();
        get("split", ORDERS).isProblem(429, "rate-limited");
    }

    @Test
    void keepsTheCountWhenThePolicyChanges() throws Exception {
        limit("steady", 2);
        get("steady", ORDERS).isServed();
        get("steady", ORDERS).isServed();
        fleet.gateway().change(setting("tenant=steady", "body.max-bytes", "1000"));
        get("steady", ORDERS).isProblem(429, "rate-limited"); // the third, since a refused one counts too
        limit("steady", 4);
        get("steady", ORDERS).isServed();
        get("steady", ORDERS).isProblem(429, "rate-limited");
    }

    @Test
    void takesNothingFromTheLimitForRefusalsAndTheBeacon() throws Exception {
        limit("frugal", 1);
        RealGateway gateway = fleet.gateway();
        gateway.send(Request.get(ORDERS).tenant("frugal")).isProblem(401, "token-required");
        for (int i = 0; i < 5; i++) {
            assertThat(gateway.beacon("frugal")).isNotEmpty();
        }
        get("frugal", ORDERS).isServed();
    }

    @Test
    void letsAModuleCountAloneWhileTheTenantCountsTogether() throws Exception {
        limit("mixed", 1);
        fleet.gateway().change(setting("tenant=mixed,module=customers", "rate-limit.counting", "\"per-gateway\""));
        get("mixed", ORDERS).isServed();
        get("mixed", ORDERS).isProblem(429, "rate-limited");
        get("mixed", CUSTOMERS).isServed();
    }

    @Test
    void isOpenOrClosedAsTheTenantChoseWhenTheStoreIsDownAndCountsOnAfterwards() throws Exception {
        limit("open", 1);
        limit("closed", 1);
        fleet.gateway().change(setting("tenant=closed", "rate-limit.when-store-fails", "\"closed\""));
        get("open", ORDERS).isServed();
        get("closed", ORDERS).isServed();
        fleet.redis().kill();
        get("open", ORDERS).isServed();
        get("open", ORDERS).isServed();
        Answer refused = get("closed", ORDERS).isProblem(503, "limit-unknown");
        assertThat(refused.header("retry-after")).isEqualTo("1");
        fleet.redis().start();
        Waiting.until("the service counts again", () -> get("closed", ORDERS).status() == 429);
        get("open", ORDERS).isProblem(429, "rate-limited");
    }

    @Test
    void isOpenOrClosedWithoutTheServiceAndKnowsItsDomainAfterARestart() throws Exception {
        limit("without-open", 1);
        limit("without-closed", 1);
        fleet.gateway().change(setting("tenant=without-closed", "rate-limit.when-store-fails", "\"closed\""));
        fleet.service().kill();
        get("without-open", ORDERS).isServed();
        get("without-closed", ORDERS).isProblem(503, "limit-unknown");
        fleet.service().start();
        Waiting.until(
                "the service counts again", () -> get("without-closed", ORDERS).status() != 503);
        get("without-closed", ORDERS).isProblem(429, "rate-limited");
    }

    @Test
    void goesOnCountingWhileTheControlPlaneIsReplaced() throws Exception {
        limit("outage", 2);
        get("outage", ORDERS).isServed();
        fleet.gateway().plane().restart(List.of());
        get("outage", ORDERS).isServed();
        get("outage", ORDERS).isProblem(429, "rate-limited");
    }
}
