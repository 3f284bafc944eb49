package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a tenant demands of a request: headers, size, age of the token; and which policy counts on which path. */
final class DemandsIT {
    private static RealGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("plain");
        gateway.change(
                tenant("strict"),
                setting("tenant=strict", "headers.required", "[\"X-Client\",\"x-version\"]"),
                setting("tenant=strict,route=orders/create", "headers.required", "[\"!X-Client\"]"),
                tenant("small"),
                setting("tenant=small", "body.max-bytes", "2000"),
                setting("tenant=small,module=customers", "body.max-bytes", "10"),
                tenant("routed"),
                setting("tenant=routed,route=orders/create", "body.max-bytes", "10"),
                setting("tenant=routed,route=orders/line", "headers.required", "[\"x-line\"]"),
                setting("tenant=routed,module=reports", "headers.required", "[\"x-report\"]"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Request as(String tenant, String method, String path) {
        return Request.of(method, path).token(gateway.token(tenant));
    }

    @Test
    void namesTheFirstRequiredHeaderThatIsMissingOrEmpty() throws Exception {
        Request request = as("strict", "GET", "/api/orders/1");
        for (Request lacking : new Request[] {
            request,
            request.with("x-version", "1"),
            request.with("x-client", "").with("x-version", "1"),
            request.with("x-client", "  ").with("x-version", "1")
        }) {
            Answer answer = gateway.send(lacking).isProblem(400, "missing-header");
            assertThat(answer.json().path("detail").asText()).contains("x-client");
        }
        Answer second = gateway.send(request.with("x-client", "web")).isProblem(400, "missing-header");
        assertThat(second.json().path("detail").asText()).contains("x-version");
        Answer served = gateway.send(request.with("X-Client", "web").with("x-version", "-"))
                .isServed();
        assertThat(served.upstreamGot("x-client")).containsExactly("web");
    }

    @Test
    void asksForATokenFirstThenForItsTenantThenForHeaders() throws Exception {
        Request lacking = Request.get("/api/orders/1");
        gateway.send(lacking.tenant("strict")).isProblem(401, "token-required");
        gateway.send(lacking.token(gateway.token("strict")).tenant("plain")).isProblem(403, "tenant-mismatch");
        gateway.send(lacking.token(gateway.token("strict")).tenant("strict")).isProblem(400, "missing-header");
    }

    @Test
    void leavesOutOnARouteWhatTheRouteTakesOut() throws Exception {
        gateway.send(as("strict", "POST", "/api/orders").with("x-version", "1").sized(3))
                .isServed();
        gateway.send(as("strict", "POST", "/api/orders").sized(3)).isProblem(400, "missing-header");
        gateway.send(as("strict", "GET", "/api/orders").with("x-version", "1")).isProblem(400, "missing-header");
    }

    @Test
    void refusesABodyAboveTheLimitAnnouncedOrNot() throws Exception {
        Request request = as("small", "POST", "/api/orders/1");
        assertThat(gateway.send(request.sized(2000))
                        .isServed()
                        .json()
                        .path("bodyBytes")
                        .asInt())
                .isEqualTo(2000);
        gateway.send(request.sized(2001)).isProblem(413, "body-too-large");
        assertThat(gateway.send(request.chunked(2000))
                        .isServed()
                        .json()
                        .path("bodyBytes")
                        .asInt())
                .isEqualTo(2000);
        gateway.send(request.chunked(2001)).isProblem(413, "body-too-large");
        gateway.send(request.chunked(200_000)).isProblem(413, "body-too-large");
        gateway.send(as("small", "POST", "/api/customers").sized(11)).isProblem(413, "body-too-large");
        gateway.send(as("small", "POST", "/api/customers").sized(10)).isServed();
        gateway.send(as("plain", "POST", "/api/orders/1").chunked(200_000)).isServed();
    }

    @Test
    void picksTheLongestPrefix() throws Exception {
        gateway.send(as("routed", "GET", "/api/orders/reports/1")).isProblem(400, "missing-header");
        gateway.send(as("routed", "GET", "/api/orders/reports")).isProblem(400, "missing-header");
        gateway.send(as("routed", "GET", "/api/orders/reports/1").with("x-report", "1"))
                .isServed();
        gateway.send(as("routed", "GET", "/api/orders/reportsandmore")).isServed();
    }

    @Test
    void picksARouteByMethodAndTemplate() throws Exception {
        gateway.send(as("routed", "POST", "/api/orders").sized(11)).isProblem(413, "body-too-large");
        gateway.send(as("routed", "POST", "/api/orders/").sized(11)).isProblem(413, "body-too-large");
        gateway.send(as("routed", "PUT", "/api/orders").sized(11)).isServed();
        gateway.send(as("routed", "POST", "/api/orders/7").sized(11)).isServed();
        gateway.send(as("routed", "GET", "/api/orders/7/lines/1")).isProblem(400, "missing-header");
        gateway.send(as("routed", "GET", "/api/orders/7/lines/1?q=%20x")).isProblem(400, "missing-header");
        gateway.send(as("routed", "GET", "/api/orders/7/lines/1").with("x-line", "1"))
                .isServed();
        gateway.send(as("routed", "GET", "/api/orders/7/lines")).isServed();
        gateway.send(as("routed", "GET", "/api/orders/7/lines/1/2")).isServed();
    }

    @Test
    void findsTheRouteHoweverThePathIsWritten() throws Exception {
        gateway.send(as("routed", "GET", "/api//orders/7/lines/1")).isProblem(400, "missing-header");
        gateway.send(as("routed", "GET", "/api/customers/../orders/7/lines/1")).isProblem(400, "missing-header");
        gateway.send(as("routed", "GET", "/api/orders/%37/lines/1")).isProblem(400, "missing-header");
        gateway.send(as("routed", "GET", "/api/orders/./7/%6Cines/1")).isProblem(400, "missing-header");
    }

    @Test
    void knowsNoPathThatNoModuleServes() throws Exception {
        for (String path : new String[] {"/", "/api", "/api/ordersx", "/API/orders", "/api/order"}) {
            gateway.send(as("plain", "GET", path)).isProblem(404, "not-found");
        }
        gateway.send(Request.get("/nothing").tenant("plain")).isProblem(401, "token-required");
    }

    @Test
    void refusesTokensThatLiveTooLong() throws Exception {
        gateway.change(setting("global", "oidc.token-max-age", "\"PT2H\""));
        gateway.send(lasting(Duration.ofMinutes(119))).isServed();
        gateway.send(lasting(Duration.ofMinutes(125))).isProblem(401, "invalid-token");
        gateway.change(setting("global", "oidc.token-max-age", "\"PT3H\""));
        gateway.send(lasting(Duration.ofMinutes(125))).isServed();
    }

    @Test
    void grantsTheClockSkewAndNoMore() throws Exception {
        gateway.change(setting("global", "oidc.clock-skew", "\"PT2M\""));
        gateway.send(lasting(Duration.ofMinutes(-1))).isServed();
        gateway.change(setting("global", "oidc.clock-skew", "\"PT10S\""));
        gateway.send(lasting(Duration.ofMinutes(-1))).isProblem(401, "invalid-token");
    }

    private static Request lasting(Duration lifetime) {
        String token = gateway.issuer()
                .token("alice", Map.of("tenant_id", "plain"), gateway.issuer().audience(), lifetime);
        return Request.get("/api/orders/1").token(token);
    }
}
