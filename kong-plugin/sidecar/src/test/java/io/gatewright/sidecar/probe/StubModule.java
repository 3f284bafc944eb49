package io.gatewright.sidecar.probe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A module on loopback that answers each attempt as a test says, and 404 to the others. Thread-safe. */
public final class StubModule implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, Said> said = new ConcurrentHashMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();

    private record Said(int status, String body, String location) {}

    public StubModule() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public String endpoint() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** What it says at a path, with apostrophes for quotes. A status of 0 is none at all, until the end. */
    public void says(String path, int status, String body) {
        said.put(path, new Said(status, body.replace('\'', '"'), ""));
    }

    void redirects(String path, String location) {
        said.put(path, new Said(302, "{\"outcome\":\"not-applied\"}", location));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        asked.add(exchange.getRequestMethod() + " " + path + " of "
                + exchange.getRequestHeaders().getFirst("x-tenant-id"));
        Said now = said.getOrDefault(path, new Said(404, "{\"outcome\":\"not-applied\"}", ""));
        if (now.status() == 0) {
            await();
            exchange.close();
            return;
        }
        if (!now.location().isEmpty()) {
            exchange.getResponseHeaders().set("Location", now.location());
        }
        byte[] body = now.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(now.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void await() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (closed.getCount() > 0) {
            closed.countDown();
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
