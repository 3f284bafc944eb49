package io.gatewright.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Passes requests on to a control plane, but does something there before each PUT. Thread-safe. */
final class Overtaker implements AutoCloseable {
    private static final List<String> PASSED = List.of("If-Match", "If-None-Match", "Change-Reason");

    private final HttpServer server;

    private Overtaker(HttpServer server) {
        this.server = server;
    }

    static Overtaker start(Plane plane, Runnable first) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            if (exchange.getRequestMethod().equals("PUT")) {
                first.run();
            }
            pass(exchange, plane);
        });
        server.start();
        return new Overtaker(server);
    }

    private static void pass(HttpExchange exchange, Plane plane) throws IOException {
        List<String> headers = new ArrayList<>();
        for (String name : PASSED) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                headers.addAll(List.of(name, value));
            }
        }
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Answer answer = plane.send(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                body.isEmpty() ? null : body,
                headers.toArray(String[]::new));
        byte[] bytes = answer.http().body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
