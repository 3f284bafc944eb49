package io.gatewright.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Has a version of each path, a new one with each write. Below {@code /compares/} it compares If-Match in the step that writes; elsewhere
 * it compares nothing. Thread-safe.
 */
final class UncomparingUpstream implements AutoCloseable {
    /** On a request whose write is done and whose answer is lost. */
    static final String LOSE = "x-lose-the-answer";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Integer> versions = new ConcurrentHashMap<>();
    private final AtomicInteger newest = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private volatile String condition = "";

    UncomparingUpstream() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String endpoint() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** How many writes reached it, whatever it made of them. */
    int writes() {
        return writes.get();
    }

    /** The If-Match or If-None-Match of the last write that reached it. */
    String condition() {
        return condition;
    }

    /** The tag of what is there now, empty when nothing is. */
    String tag(String path) {
        Integer version = versions.get(path);
        return version == null ? "" : "\"v" + version + "\"";
    }

    /** A write that no gateway sees. */
    void write(String path) {
        versions.put(path, newest.incrementAndGet());
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        String path = exchange.getRequestURI().getPath();
        String match = header(exchange, "If-Match");
        int status = switch (exchange.getRequestMethod()) {
            case "PUT" -> write(path, match, header(exchange, "If-None-Match"));
            case "DELETE" -> {
                writes.incrementAndGet();
                yield versions.remove(path) == null ? 404 : 204;
            }
            case "POST" -> 200;
            default -> versions.containsKey(path) ? 200 : 404;
        };
        if (exchange.getRequestHeaders().containsKey(LOSE)) {
            exchange.close();
            return;
        }
        String tag = tag(path);
        if (status < 300 && !tag.isEmpty()) {
            exchange.getResponseHeaders().set("ETag", tag);
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private int write(String path, String match, String noneMatch) {
        writes.incrementAndGet();
        condition = match + noneMatch;
        AtomicInteger status = new AtomicInteger();
        versions.compute(path, (key, now) -> {
            boolean held = match.isEmpty() || match.equals(text(now));
            if (path.contains("/compares/") && !(held && (noneMatch.isEmpty() || now == null))) {
                status.set(412);
                return now;
            }
            status.set(now == null ? 201 : 200);
            return newest.incrementAndGet();
        });
        return status.get();
    }

    private static String text(@Nullable Integer version) {
        return "\"v" + version + "\"";
    }

    private static String header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
