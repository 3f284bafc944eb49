package io.gatewright.testkit;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real server that remembers requests as {@code METHOD path header…} and says what a test wants. Thread-safe. */
final class TestUpstream implements AutoCloseable {
    private final HttpServer server;
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile String etag = "";
    private volatile boolean truncates;

    TestUpstream() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String ifMatch = exchange.getRequestHeaders().getFirst("If-Match");
            String added = exchange.getRequestHeaders().getFirst("X-Up");
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI()
                    + (ifMatch == null ? "" : " if-match=" + ifMatch)
                    + (added == null ? "" : " x-up=" + added));
            exchange.getRequestBody().readAllBytes();
            if (!etag.isEmpty()) {
                exchange.getResponseHeaders().set("ETag", etag);
            }
            byte[] body = "upstream".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, truncates ? body.length + 100 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
                out.flush();
            } finally {
                exchange.close();
            }
        });
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    TestUpstream answering(int code, String tag) {
        status = code;
        etag = tag;
        return this;
    }

    TestUpstream breakingOff() {
        truncates = true;
        return this;
    }

    List<String> seen() {
        return List.copyOf(seen);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
