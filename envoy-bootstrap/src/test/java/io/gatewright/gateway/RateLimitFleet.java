package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;

import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.envoybootstrap.Checkout;
import io.gatewright.envoybootstrap.EnvoyProcess;
import io.gatewright.envoybootstrap.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Two real Envoys on one port, one control plane, Envoy's rate limit service and Redis. The system shares connections out
 * among the two. One thread at a time.
 */
final class RateLimitFleet implements AutoCloseable {
    private final RealGateway first;
    private final EnvoyProcess second;
    private final Daemon redis;
    private final Daemon service;

    RateLimitFleet(Path directory) throws Exception {
        int redisPort = Ports.free();
        redis = new Daemon(
                directory.resolve("redis.log"),
                redisPort,
                Map.of(),
                List.of(
                        "redis-server",
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(redisPort),
                        "--appendonly",
                        "yes",
                        "--dir",
                        directory.toString()));
        first = new RealGateway();
        int servicePort = Ports.free();
        service = new Daemon(
                directory.resolve("ratelimit.log"),
                servicePort,
                environment(servicePort, redisPort, first.plane().port()),
                List.of(serviceBinary()));
        second = EnvoyProcess.start(
                Bootstrap.local("real-2", first.plane().port()), EnvoyProcess.Options.in(directory.resolve("second")));
        first.change(
                setting("global", "rate-limit.service", "[\"127.0.0.1:" + servicePort + "\"]"),
                setting("global", "rate-limit.counting", "\"shared\""),
                setting("global", "rate-limit.period", "\"PT24H\""));
        second.awaitLive(Duration.ofSeconds(30));
    }

    private static Map<String, String> environment(int port, int redisPort, int xdsPort) {
        return Map.ofEntries(
                Map.entry("HOST", "127.0.0.1"),
                Map.entry("PORT", Integer.toString(Ports.free())),
                Map.entry("GRPC_HOST", "127.0.0.1"),
                Map.entry("GRPC_PORT", Integer.toString(port)),
                Map.entry("DEBUG_HOST", "127.0.0.1"),
                Map.entry("DEBUG_PORT", Integer.toString(Ports.free())),
                Map.entry("CONFIG_TYPE", "GRPC_XDS_SOTW"),
                Map.entry("CONFIG_GRPC_XDS_NODE_ID", "ratelimit-1"),
                Map.entry("CONFIG_GRPC_XDS_SERVER_URL", "127.0.0.1:" + xdsPort),
                Map.entry("XDS_CLIENT_BACKOFF_INITIAL_INTERVAL", "1s"),
                Map.entry("XDS_CLIENT_BACKOFF_MAX_INTERVAL", "1s"),
                Map.entry("REDIS_SOCKET_TYPE", "tcp"),
                Map.entry("REDIS_URL", "127.0.0.1:" + redisPort),
                Map.entry("USE_STATSD", "false"),
                Map.entry("LOG_LEVEL", "info"));
    }

    private static String serviceBinary() throws IOException {
        Process bring = new ProcessBuilder(Checkout.directory()
                        .resolve("envoy-bootstrap/bring-ratelimit")
                        .toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader path = bring.inputReader()) {
            String line = path.readLine();
            if (line == null) {
                throw new IOException("bring-ratelimit brought nothing");
            }
            return line;
        }
    }

    RealGateway gateway() {
        return first;
    }

    Daemon redis() {
        return redis;
    }

    Daemon service() {
        return service;
    }

    /** Requests that each Envoy has served. */
    List<Long> served() {
        return List.of(served(first.envoy()), served(second));
    }

    private static long served(EnvoyProcess envoy) {
        return envoy.stat("http.gatewright.downstream_rq_2xx");
    }

    @Override
    public void close() {
        second.close();
        first.close();
        service.close();
        redis.close();
    }
}
