package io.gatewright.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatewright.guard.history.History;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Executes each request that it gets, tells the history, and answers with a new number each time. Thread-safe. */
final class PaymentsUpstream implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final History history;
    private final AtomicInteger executions = new AtomicInteger();
    private volatile long nanos;

    PaymentsUpstream(History history) throws IOException {
        this.history = history;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::execute);
        server.start();
    }

    String endpoint() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    int executions() {
        return executions.get();
    }

    /** How long it takes from the execution to the answer. */
    void takes(long newNanos) {
        nanos = newNanos;
    }

    private void execute(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        history.executed(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
        executions.incrementAndGet();
        LockSupport.parkNanos(nanos);
        byte[] answer = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(201, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
