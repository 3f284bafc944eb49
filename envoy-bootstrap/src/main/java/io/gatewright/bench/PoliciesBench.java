package io.gatewright.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.demo.StubIssuer;
import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.ControlPlaneProcess;
import io.gatewright.envoybootstrap.EnvoyBinary;
import io.gatewright.envoybootstrap.EnvoyProcess;
import io.gatewright.envoybootstrap.HttpConnection;
import io.gatewright.envoybootstrap.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the whole chain (token, tenant, limit, CORS, correlation) adds to a request: the same Envoy, the same upstream,
 * one listener with everything and one with nothing, in turns on one keep-alive connection each.
 */
final class PoliciesBench {
    private static final int REQUESTS_PER_ROUND = 3000;
    private static final int WARM_UP_ROUNDS = 2;
    private static final Duration KEYS = Duration.ofSeconds(20);
    private static final String TENANT = "bench";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int rounds;

    PoliciesBench(int rounds) {
        this.rounds = rounds;
    }

    void run() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("gatewright-bench");
        int plain = Ports.free();
        int upstream = Ports.free();
        int whole = Ports.free();
        try (StubIssuer issuer = new StubIssuer("freshplan-api");
                ControlPlaneProcess plane =
                        ControlPlaneProcess.start(directory, Ports.free(), Ports.free(), List.of("--ephemeral"));
                EnvoyProcess envoy = EnvoyProcess.startWith(
                        EnvoyBinary.find(),
                        withPlainListener(
                                Bootstrap.local("bench-1", plane.xdsPort()).yaml(), plain, upstream),
                        EnvoyProcess.Options.in(directory.resolve("envoy")))) {
            commit(plane.api(), issuer.url(), upstream, whole);
            envoy.awaitLive(Duration.ofSeconds(30));
            String token = issuer.token("alice", Map.of("tenant_id", TENANT, "org_id", TENANT));
            byte[] request = HttpConnection.request(
                    "GET",
                    "/api/orders/1",
                    List.of(
                            "host: bench.example.com",
                            "authorization: Bearer " + token,
                            "origin: https://bench.example.com",
                            "x-correlation-id: 0198c5f2-7a1b-7c3d-8e4f-5a6b7c8d9e0f"));
            measure(plain, whole, request);
        }
    }

    private void measure(int plainPort, int wholePort, byte[] request) throws IOException {
        Sample plain = new Sample();
        Sample whole = new Sample();
        long plainNanos = 0;
        long wholeNanos = 0;
        try (HttpConnection without = new HttpConnection(plainPort);
                HttpConnection with = new HttpConnection(wholePort)) {
            awaitOk(with, request);
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                boolean count = round >= 0;
                long first = round(without, request, count ? plain : new Sample());
                long second = round(with, request, count ? whole : new Sample());
                plainNanos += count ? first : 0;
                wholeNanos += count ? second : 0;
                Progress.say("round " + (round + WARM_UP_ROUNDS + 1) + " of " + (rounds + WARM_UP_ROUNDS));
            }
        }
        System.out.printf(
                Locale.ROOT,
                "result policies requests=%d plain_p50_ms=%s plain_p99_ms=%s plain_per_s=%.0f whole_p50_ms=%s "
                        + "whole_p99_ms=%s whole_per_s=%.0f added_p50_ms=%.3f%n",
                whole.size(),
                plain.percentileMillis(0.50),
                plain.percentileMillis(0.99),
                plain.size() * 1e9 / plainNanos,
                whole.percentileMillis(0.50),
                whole.percentileMillis(0.99),
                whole.size() * 1e9 / wholeNanos,
                (whole.percentileNanos(0.50) - plain.percentileNanos(0.50)) / 1e6);
    }

    private static long round(HttpConnection connection, byte[] request, Sample sample) throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < REQUESTS_PER_ROUND; i++) {
            long before = System.nanoTime();
            HttpConnection.Answer answer = connection.exchange(request);
            sample.add(System.nanoTime() - before);
            if (answer.status() != 200) {
                throw new IllegalStateException("answered " + answer.status() + ": " + answer.body());
            }
        }
        return System.nanoTime() - start;
    }

    /** The keys of the issuer arrive some milliseconds after it. */
    private static void awaitOk(HttpConnection gateway, byte[] request) throws IOException {
        long end = System.nanoTime() + KEYS.toNanos();
        HttpConnection.Answer answer = gateway.exchange(request);
        while (answer.status() != 200) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the gateway still answers " + answer.status() + ": " + answer.body());
            }
            answer = gateway.exchange(request);
        }
    }

    private static void commit(ApiClient api, String issuer, int upstream, int listener) {
        ArrayNode documents = JSON.createArrayNode();
        ObjectNode module = Fleet.add(documents, "module", "orders").put("prefix", "/api/orders");
        module.putObject("upstream").putArray("endpoints").add("127.0.0.1:" + upstream);
        Fleet.add(documents, "org", TENANT).put("name", TENANT);
        Fleet.add(documents, "tenant", TENANT)
                .put("org", TENANT)
                .putArray("hosts")
                .add("bench.example.com");
        ObjectNode issuerBody = Fleet.add(documents, "issuer", "stub").put("issuer", issuer);
        issuerBody.putArray("audiences").add("freshplan-api");
        Fleet.add(documents, "setting", "global/oidc.issuers").putArray("value").add("stub");
        Fleet.add(documents, "setting", "global/rate-limit.requests").put("value", 1_000_000_000);
        Fleet.add(documents, "setting", "global/rate-limit.actor-requests").put("value", 1_000_000_000);
        Fleet.add(documents, "setting", "global/cors.allowed-origins")
                .putArray("value")
                .add("https://bench.example.com");
        Fleet.add(documents, "listener", "public").put("address", "127.0.0.1").put("port", listener);
        api.commit("one tenant with every policy", documents);
    }

    private static String withPlainListener(String bootstrap, int plain, int upstream) {
        String listeners = """
                static_resources:
                  listeners:
                    - name: plain
                      address: {socket_address: {address: 127.0.0.1, port_value: %d}}
                      filter_chains:
                        - filters:
                            - name: hcm
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                                stat_prefix: plain
                                http_filters: &router
                                  - name: envoy.filters.http.router
                                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                                route_config:
                                  virtual_hosts: [{name: plain, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: plain}}]}]
                    - name: upstream
                      address: {socket_address: {address: 127.0.0.1, port_value: %d}}
                      filter_chains:
                        - filters:
                            - name: hcm
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                                stat_prefix: upstream
                                http_filters: *router
                                route_config:
                                  virtual_hosts: [{name: up, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: ok}}}]}]
                  clusters:
                    - name: plain
                      connect_timeout: 1s
                      load_assignment:
                        cluster_name: plain
                        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
                """.formatted(plain, upstream, upstream);
        return bootstrap.replace("static_resources:\n  clusters:\n", listeners);
    }
}
