package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.module;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.envoybootstrap.Ports;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that are not what they seem, none of which may reach an upstream. */
final class HardeningIT {
    private static final String PATH = "/api/orders/1";
    private static RealGateway gateway;
    private long reached;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("a");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void count() {
        reached = gateway.upstream().requests();
    }

    private static Request request(String path) {
        return Request.get(path).token(gateway.token("a"));
    }

    private void isRefused(Request request, int status) throws IOException {
        Answer answer = gateway.send(request);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(gateway.upstream().requests()).isEqualTo(reached);
    }

    @Test
    void refusesHeaderNamesThatAnUpstreamMayTakeForOthers() throws Exception {
        isRefused(request(PATH).with("x_user_id", "root"), 400);
        isRefused(request(PATH).with("x-user_id", "root"), 400);
        isRefused(request(PATH).with("x user-id", "root"), 400);
    }

    @Test
    void refusesEscapedSlashes() throws Exception {
        for (String path : new String[] {"/api/orders%2f1", "/api/orders%2F..%2F1", "/api/orders/%5c1"}) {
            isRefused(request(path), 400);
        }
    }

    @Test
    void servesNothingOutsideTheModules() throws Exception {
        isRefused(request("/api/orders/../../../x"), 404);
        isRefused(request("/api/orders/..;/x/../../y"), 404);
    }

    @Test
    void theBeaconOpensNoPathButItsOwn() throws Exception {
        isRefused(request("/.well-known/gatewrightx"), 404);
        for (String path : List.of(
                "/.well-known/gatewrightx",
                "/.well-known/gatewright/",
                "/.well-known/gatewright;x",
                "/.well-known/gatewright%3Fx",
                "/.well-known/gatewright/../x",
                "/.well-known/gatewright/../../api/orders/1",
                "/.well-known/Gatewright")) {
            isRefused(Request.get(path).tenant("a"), 401);
        }
        for (String path : List.of("/.well-known/gatewright?x=1", "/.well-known/x/../gatewright")) {
            assertThat(gateway.send(Request.get(path).tenant("a"))
                            .json()
                            .path("policy")
                            .asText())
                    .isEqualTo(gateway.beacon("a"));
        }
        assertThat(gateway.upstream().requests()).isEqualTo(reached);
    }

    @Test
    void triesOnceMoreWhereNothingWasSentAndTellsNoUpstreamSo() throws Exception {
        gateway.change(module("gone", "/api/gone", "127.0.0.1:" + Ports.free()));
        isRefused(request("/api/gone/1"), 503);
        assertThat(gateway.envoy().admin("/stats?filter=module_gone.upstream_rq_retry$"))
                .contains("upstream_rq_retry: 1\n");
        assertThat(gateway.send(request(PATH)).isServed().upstreamGot("x-envoy-retry-on"))
                .isEmpty();
    }

    @Test
    void refusesTooManyOrTooLargeHeaders() throws Exception {
        Request many = request(PATH);
        for (int i = 0; i < 101; i++) {
            many = many.with("x-many-" + i, "1");
        }
        isRefused(many, 431);
        isRefused(request(PATH).with("x-large", "x".repeat(40_000)), 431);
        gateway.send(request(PATH).with("x-large", "x".repeat(20_000))).isServed();
    }

    @Test
    void refusesAmbiguousLengths() throws Exception {
        isRefused(request(PATH).with("content-length", "5").chunked(5), 400);
        isRefused(request(PATH).with("content-length", "4").with("content-length", "5"), 400);
        isRefused(request(PATH).with("transfer-encoding", "chunked, identity"), 501);
    }

    @Test
    void refusesAMissingHost() throws Exception {
        Request none = new Request("GET", PATH, java.util.List.of("x-tenant-id: a"), "");
        isRefused(none, 400);
    }

    @Test
    void letsNoClientSteerEnvoy() throws Exception {
        Answer answer = gateway.send(request(PATH)
                .with("x-envoy-original-path", "/api/customers")
                .with("x-envoy-upstream-rq-timeout-ms", "1")
                .with("x-envoy-max-retries", "50")
                .with("x-envoy-retry-on", "5xx")
                .with("x-envoy-internal", "true")
                .with("x-envoy-force-trace", "true")
                .with("x-envoy-external-address", "10.0.0.1")
                .with("x-envoy-decorator-operation", "lie")
                .with("x-envoy-ip-tags", "trusted"));
        answer.isServed();
        for (String header : new String[] {
            "x-envoy-original-path",
            "x-envoy-upstream-rq-timeout-ms",
            "x-envoy-max-retries",
            "x-envoy-retry-on",
            "x-envoy-internal",
            "x-envoy-force-trace",
            "x-envoy-decorator-operation",
            "x-envoy-ip-tags"
        }) {
            assertThat(answer.upstreamGot(header)).as(header).isEmpty();
        }
        assertThat(answer.upstreamGot("x-envoy-external-address")).doesNotContain("10.0.0.1");
    }

    @Test
    void makesTheRequestIdItself() throws Exception {
        String sent = "0198c5f2-7a1b-7c3d-8e4f-5a6b7c8d9e0f";
        Answer answer = gateway.send(request(PATH).with("x-request-id", sent));
        assertThat(answer.upstreamGot("x-request-id")).hasSize(1).doesNotContain(sent);
        assertThat(answer.header("x-correlation-id")).matches(Answer.UUID).isNotEqualTo(sent);
    }

    @Test
    void keepsWaitingForASlowUpstreamWhateverTheClientSays() throws Exception {
        gateway.send(request("/api/orders/slow?ms=300").with("x-envoy-upstream-rq-timeout-ms", "10"))
                .isServed();
    }

    @Test
    void dropsHeadersThatAConnectionHeaderNames() throws Exception {
        Answer answer = gateway.send(request(PATH).with("connection", "x-tenant-id, x-user-id, x-org-id"));
        if (answer.status() == 200) {
            assertThat(answer.upstreamGot("x-tenant-id")).containsExactly("a");
            assertThat(answer.upstreamGot("x-user-id")).containsExactly("alice");
        } else {
            assertThat(answer.status()).isEqualTo(400);
        }
    }
}
