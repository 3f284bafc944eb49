package io.gatewright.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A module that remembers which attempts it has applied and says so at {@code /attempts/ID}. The first request with a key gets
 * no answer where the path says {@code lost-before} or {@code lost-after} the effect. Thread-safe.
 */
final class LedgerUpstream implements AutoCloseable {
    private static final String ATTEMPTS = "/attempts/";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final Set<String> applied = ConcurrentHashMap.newKeySet();
    private final AtomicInteger effects = new AtomicInteger();

    LedgerUpstream() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(ATTEMPTS, this::tell);
        server.createContext("/", this::enter);
        server.start();
    }

    String endpoint() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    int effects() {
        return effects.get();
    }

    private void enter(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        String path = exchange.getRequestURI().getPath();
        boolean first = keys.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
        if (!(first && path.endsWith("lost-before"))) {
            applied.add(exchange.getRequestHeaders().getFirst("Idempotency-Attempt"));
            effects.incrementAndGet();
        }
        if (first && path.contains("lost-")) {
            exchange.close();
        } else {
            answer(exchange, 201, "entered");
        }
    }

    private void tell(HttpExchange exchange) throws IOException {
        String attempt = exchange.getRequestURI().getPath().substring(ATTEMPTS.length());
        answer(
                exchange,
                200,
                applied.contains(attempt)
                        ? "{\"outcome\":\"applied\",\"status\":201,\"location\":\"/api/ledger/7\"}"
                        : "{\"outcome\":\"not-applied\"}");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
