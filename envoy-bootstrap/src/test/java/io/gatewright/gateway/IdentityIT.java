package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.AUDIENCE;
import static io.gatewright.gateway.Documents.listener;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.signingKeys;
import static io.gatewright.gateway.Documents.suspended;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.demo.StubIssuer;
import io.gatewright.envoybootstrap.Ports;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may call a tenant. */
final class IdentityIT {
    private static final String PATH = "/api/orders/1";
    private static final int FIXED_PORT = Ports.free();
    private static RealGateway gateway;
    private static StubIssuer foreign;
    private static StubIssuer fixed;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("a", "b");
        foreign = new StubIssuer(AUDIENCE);
        fixed = new StubIssuer(AUDIENCE);
        gateway.change(
                tenant("hosted", "hosted.example.com"),
                tenant("elsewhere"),
                tenant("open"),
                tenant("single"),
                suspended("stopped"),
                Documents.issuer("foreign", foreign),
                signingKeys("foreign", foreign),
                Documents.issuer("fixed", fixed, "single"),
                signingKeys("fixed", fixed),
                setting("tenant=elsewhere", "oidc.issuers", "[\"foreign\",\"!main\"]"),
                setting("tenant=single", "oidc.issuers", "[\"fixed\"]"),
                setting("tenant=open", "oidc.required", "false"),
                listener("fixed", FIXED_PORT, "a"));
        Waiting.until("the fixed listener opens", () -> RealGateway.accepts(FIXED_PORT));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        foreign.close();
        fixed.close();
    }

    @Test
    void asksForATokenWhoeverTheTenantIs() throws Exception {
        for (Request request : new Request[] {
            Request.get(PATH).tenant("a"),
            Request.get(PATH).host("hosted.example.com"),
            Request.get(PATH).host("HOSTED.example.com:8080"),
            Request.get(PATH).host("nobody.example.com"),
            Request.get(PATH).tenant("nobody")
        }) {
            Answer answer = gateway.send(request).isProblem(401, "token-required");
            assertThat(answer.lines("www-authenticate")).containsExactly("Bearer");
        }
    }

    @Test
    void servesTheTenantThatTheTokenNames() throws Exception {
        Answer answer =
                gateway.send(Request.get(PATH).token(gateway.token("a"))).isServed();
        assertThat(answer.upstreamGot("x-tenant-id")).containsExactly("a");
        assertThat(answer.upstreamGot("x-org-id")).containsExactly("acme");
        assertThat(answer.upstreamGot("x-user-id")).containsExactly("alice");
        gateway.send(Request.get(PATH).token(gateway.token("a")).tenant("a")).isServed();
        gateway.send(Request.get(PATH).token(gateway.token("hosted")).host("hosted.example.com"))
                .isServed();
    }

    @Test
    void letsTheTokenDecideOnAnotherTenantsHost() throws Exception {
        Answer answer = gateway.send(Request.get(PATH).token(gateway.token("a")).host("hosted.example.com"));
        assertThat(answer.upstreamGot("x-tenant-id")).containsExactly("a");
    }

    @Test
    void refusesATenantHeaderThatTheTokenContradicts() throws Exception {
        gateway.send(Request.get(PATH).token(gateway.token("a")).tenant("b")).isProblem(403, "tenant-mismatch");
        gateway.send(Request.get(PATH).token(gateway.token("a")).tenant("nobody"))
                .isProblem(403, "tenant-mismatch");
    }

    @Test
    void refusesATokenOfAnIssuerThatTheTenantDoesNotAccept() throws Exception {
        String token = foreign.token("alice", Map.of("tenant_id", "a"));
        gateway.send(Request.get(PATH).token(token)).isProblem(403, "tenant-mismatch");
        gateway.send(Request.get(PATH).token(gateway.token("elsewhere"))).isProblem(403, "tenant-mismatch");
        gateway.send(Request.get(PATH).token(foreign.token("alice", Map.of("tenant_id", "elsewhere"))))
                .isServed();
    }

    @Test
    void refusesTokensThatDoNotHold() throws Exception {
        StubIssuer issuer = gateway.issuer();
        Map<String, String> claims = Map.of("tenant_id", "a");
        try (StubIssuer unknown = new StubIssuer(AUDIENCE)) {
            for (String token : new String[] {
                issuer.token("alice", claims, AUDIENCE, Duration.ofMinutes(-10)),
                issuer.forged("alice", claims),
                withoutSignature(issuer.url()),
                unknown.token("alice", claims),
                "garbage",
                gateway.token("a") + "x"
            }) {
                gateway.send(Request.get(PATH).token(token).tenant("a")).isProblem(401, "invalid-token");
                gateway.send(Request.get(PATH).token(token).tenant("open")).isProblem(401, "invalid-token");
            }
        }
        long before = gateway.upstream().requests();
        gateway.send(Request.get(PATH).token("garbage")).isProblem(401, "invalid-token");
        assertThat(gateway.upstream().requests()).isEqualTo(before);
    }

    private static String withoutSignature(String issuer) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String claims = "{\"iss\":\"%s\",\"sub\":\"alice\",\"aud\":\"%s\",\"tenant_id\":\"a\",\"exp\":4000000000}"
                .formatted(issuer, AUDIENCE);
        return encoder.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".";
    }

    @Test
    void refusesATokenForAnotherAudience() throws Exception {
        String token = gateway.issuer().token("alice", Map.of("tenant_id", "a"), "another-api", Duration.ofMinutes(5));
        gateway.send(Request.get(PATH).token(token)).isProblem(403, "invalid-token");
    }

    @Test
    void ignoresATokenInTheQuery() throws Exception {
        gateway.send(Request.get(PATH + "?access_token=" + gateway.token("a")).tenant("a"))
                .isProblem(401, "token-required");
    }

    @Test
    void refusesATokenThatNamesNoTenant() throws Exception {
        String token = gateway.issuer().token("alice", Map.of());
        for (Request request : new Request[] {
            Request.get(PATH),
            Request.get(PATH).tenant("a"),
            Request.get(PATH).tenant("open"),
            Request.get(PATH).host("hosted.example.com")
        }) {
            gateway.send(request.token(token)).isProblem(404, "unknown-tenant");
        }
        gateway.send(Request.get(PATH).token(gateway.token("nobody"))).isProblem(404, "unknown-tenant");
    }

    @Test
    void needsNoTokenWhereNoneIsRequiredButRefusesAForeignOne() throws Exception {
        gateway.send(Request.get(PATH).tenant("open")).isServed();
        gateway.send(Request.get(PATH).tenant("open").token(gateway.token("open")))
                .isServed();
        gateway.send(Request.get(PATH).tenant("open").token(gateway.token("a"))).isProblem(403, "tenant-mismatch");
        gateway.send(Request.get(PATH).token(foreign.token("alice", Map.of("tenant_id", "open"))))
                .isProblem(403, "tenant-mismatch");
    }

    @Test
    void refusesEverybodyOfASuspendedTenant() throws Exception {
        gateway.send(Request.get(PATH).token(gateway.token("stopped"))).isProblem(403, "tenant-suspended");
        gateway.send(Request.get(PATH).tenant("stopped")).isProblem(403, "tenant-suspended");
    }

    @Test
    void knowsTheTenantOfAnIssuerThatIsFixedToOne() throws Exception {
        Answer answer = gateway.send(Request.get(PATH).token(fixed.token("bob", Map.of())));
        assertThat(answer.upstreamGot("x-tenant-id")).containsExactly("single");
        assertThat(answer.upstreamGot("x-user-id")).containsExactly("bob");
        gateway.send(Request.get(PATH).token(fixed.token("bob", Map.of())).tenant("single"))
                .isServed();
        gateway.send(Request.get(PATH).token(fixed.token("bob", Map.of())).tenant("a"))
                .isProblem(403, "tenant-mismatch");
        Answer claimed = gateway.send(Request.get(PATH).token(fixed.token("bob", Map.of("tenant_id", "a"))));
        assertThat(claimed.upstreamGot("x-tenant-id")).containsExactly("single");
    }

    @Test
    void servesOneTenantOnAListenerThatIsFixedToIt() throws Exception {
        Answer served = Connection.once(FIXED_PORT, Request.get(PATH).token(gateway.token("a")));
        assertThat(served.upstreamGot("x-tenant-id")).containsExactly("a");
        assertThat(served.upstreamGot("x-gatewright-listener")).isEmpty();
        Connection.once(FIXED_PORT, Request.get(PATH)).isProblem(401, "token-required");
        Connection.once(FIXED_PORT, Request.get(PATH).token(gateway.token("b"))).isProblem(403, "tenant-mismatch");
        Connection.once(FIXED_PORT, Request.get(PATH).token(gateway.token("open")))
                .isProblem(403, "tenant-mismatch");
        Connection.once(FIXED_PORT, Request.get(PATH).token(gateway.token("a")).tenant("b"))
                .isProblem(403, "tenant-mismatch");
        Connection.once(FIXED_PORT, Request.get(PATH).tenant("b").host("hosted.example.com"))
                .isProblem(401, "token-required");
    }
}
