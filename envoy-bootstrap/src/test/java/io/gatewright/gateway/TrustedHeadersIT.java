package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Upstreams believe the identity headers: so whatever a client writes into them must not arrive. */
final class TrustedHeadersIT {
    private static final String PATH = "/api/orders/1";
    private static RealGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("a", "b");
        gateway.change(tenant("open", "open.example.com"), setting("tenant=open", "oidc.required", "false"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Request withLies(Request request) {
        return request.with("x-user-id", "root")
                .with("X-User-ID", "root2")
                .with("x-org-id", "evil")
                .with("x-org-id", "evil2")
                .with("x-auth-foo", "1")
                .with("X-Auth-Roles", "admin")
                .with("x-gatewright-scope", "b")
                .with("x-gatewright-listener", "b")
                .with("x-gatewright-missing", "-")
                .with("x-gatewright-anything", "1");
    }

    private static void assertTruth(Answer answer, String tenant) {
        assertThat(answer.upstreamGot("x-tenant-id")).containsExactly(tenant);
        assertThat(answer.upstreamGot("x-org-id")).containsExactly("acme");
        answer.json()
                .path("headers")
                .fieldNames()
                .forEachRemaining(
                        name -> assertThat(name).doesNotStartWith("x-auth-").doesNotStartWith("x-gatewright-"));
    }

    @Test
    void bringsOnlyTheVerifiedIdentity() throws Exception {
        Answer answer = gateway.send(withLies(Request.get(PATH)).token(gateway.token("a")));
        assertTruth(answer, "a");
        assertThat(answer.upstreamGot("x-user-id")).containsExactly("alice");
    }

    @Test
    void bringsNoUserWhereNoTokenIsRequired() throws Exception {
        Answer answer = gateway.send(withLies(Request.get(PATH)).tenant("open"));
        assertTruth(answer, "open");
        assertThat(answer.upstreamGot("x-user-id")).isEmpty();
        Answer byHost = gateway.send(withLies(Request.get(PATH)).host("open.example.com"));
        assertTruth(byHost, "open");
        assertThat(byHost.upstreamGot("x-user-id")).isEmpty();
    }

    @Test
    void bringsTheUserWhereATokenIsOptional() throws Exception {
        Answer answer = gateway.send(withLies(Request.get(PATH)).tenant("open").token(gateway.token("open", "carol")));
        assertTruth(answer, "open");
        assertThat(answer.upstreamGot("x-user-id")).containsExactly("carol");
    }

    @Test
    void bringsOneTenantHeaderOrRefuses() throws Exception {
        for (String[] tenants : new String[][] {{"a", "a"}, {"a", "b"}, {"b", "a"}, {"a", ""}, {"", "a"}}) {
            Answer answer = gateway.send(
                    Request.get(PATH).tenant(tenants[0]).tenant(tenants[1]).token(gateway.token("a")));
            if (answer.status() == 200) {
                assertTruth(answer, "a");
            } else {
                answer.isProblem(403, "tenant-mismatch");
            }
        }
        Answer open = gateway.send(Request.get(PATH).tenant("open").tenant("b"));
        if (open.status() == 200) {
            assertTruth(open, "open");
        } else {
            open.isProblem(403, "tenant-mismatch");
        }
    }

    @Test
    void selectsByNothingThatAClientWrites() throws Exception {
        gateway.send(Request.get(PATH).with("x-gatewright-scope", "open")).isProblem(401, "token-required");
        gateway.send(Request.get(PATH).tenant("_none")).isProblem(401, "token-required");
        gateway.send(Request.get(PATH).host("open")).isServed();
    }

    @Test
    void leavesTheTokenForTheUpstream() throws Exception {
        String token = gateway.token("a");
        Answer answer = gateway.send(Request.get(PATH).token(token));
        assertThat(answer.upstreamGot("authorization")).containsExactly("Bearer " + token);
    }

    @Test
    void takesTheUserFromTheTokenHoweverOftenItIsCached() throws Exception {
        String token = gateway.issuer().token("dave", Map.of("tenant_id", "b"));
        for (int i = 0; i < 3; i++) {
            Answer answer = gateway.send(withLies(Request.get(PATH)).token(token));
            assertTruth(answer, "b");
            assertThat(answer.upstreamGot("x-user-id")).containsExactly("dave");
        }
    }
}
