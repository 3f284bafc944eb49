package io.gatewright.sidecar;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatewright.registry.SettingsFeed;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * What a machine asks this process: {@code /q/health/live}, {@code /q/health/ready} and {@code /q/metrics}, at the paths of the
 * control plane. Thread-safe.
 *
 * <p>The few numbers are written by hand in Prometheus's text format 0.0.4: a library for it would take longer to load than all
 * the rest of a start.
 */
final class StatusPort implements AutoCloseable {
    private static final int BACKLOG = 64;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Supplier<SettingsFeed.Status> settings;
    private final Supplier<Map<String, Long>> counts;

    /**
     * Opens it.
     *
     * @param counts how often what was decided, by name in lower case with hyphens
     * @throws IOException when the address is somebody else's
     */
    StatusPort(InetSocketAddress address, Supplier<SettingsFeed.Status> settings, Supplier<Map<String, Long>> counts)
            throws IOException {
        this.settings = settings;
        this.counts = counts;
        server = HttpServer.create(address, BACKLOG);
        server.setExecutor(threads);
        server.createContext(
                "/q/health/live", exchange -> answer(exchange, 200, "application/json", "{\"status\":\"UP\"}"));
        server.createContext("/q/health/ready", this::ready);
        server.createContext("/q/metrics", this::metrics);
        server.start();
    }

    /** Where it is, for a port that the system picked. */
    InetSocketAddress address() {
        return server.getAddress();
    }

    /** Without any settings each request with a key is refused; with old ones they are served. */
    private void ready(HttpExchange exchange) throws IOException {
        SettingsFeed.Status status = settings.get();
        boolean up = status.revision() > 0;
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("status", up ? "UP" : "DOWN")
                .put("settingsRevision", status.revision())
                .put("settingsConnected", status.connected())
                .put("settingsStale", status.stale())
                .toString();
        answer(exchange, up ? 200 : 503, "application/json", body);
    }

    private void metrics(HttpExchange exchange) throws IOException {
        SettingsFeed.Status status = settings.get();
        StringBuilder text = new StringBuilder();
        head(text, "gatewright_guard_total", "counter", "How often the guard decided what, and how ends were kept.");
        counts.get()
                .forEach((what, count) -> text.append("gatewright_guard_total{what=\"")
                        .append(what)
                        .append("\"} ")
                        .append(count)
                        .append('\n'));
        gauge(text, "gatewright_settings_revision", "The settings in use.", status.revision());
        gauge(
                text,
                "gatewright_settings_connected",
                "Whether changes of settings are followed.",
                status.connected() ? 1 : 0);
        answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", text.toString());
    }

    private static void gauge(StringBuilder text, String name, String help, long value) {
        head(text, name, "gauge", help);
        text.append(name).append(' ').append(value).append('\n');
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
            if (!head) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
