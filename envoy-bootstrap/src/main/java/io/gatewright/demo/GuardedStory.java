package io.gatewright.demo;

import io.gatewright.envoybootstrap.HttpConnection;
import io.gatewright.envoybootstrap.HttpConnection.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Retries and stale writes, on the real Envoy and on the played Kong, side by side. One thread at a time. */
final class GuardedStory {
    private static final String PATH = "/api/kundenmanagement/customers";
    private static final int AT_ONCE = 50;

    private final Stage stage;
    private final Narrator narrator;
    private final List<String> headers;

    GuardedStory(Stage stage, Narrator narrator, String host, String token) {
        this.stage = stage;
        this.narrator = narrator;
        this.headers = List.of(host, token);
    }

    void play() throws IOException, InterruptedException, ExecutionException {
        narrator.chapter("A client that asks twice (Idempotency-Key), on Envoy and on Kong");
        oneKeyOnBothGateways();
        fifty();
        both("another body with the same key", 422, key -> {
            send(key.port(), "POST", PATH, key.header(), "one");
            return send(key.port(), "POST", PATH, key.header(), "another");
        });
        both("the upstream hung up: nobody knows, and a retry is told so", 409, key -> {
            send(key.port(), "POST", PATH + "?status=0", key.header(), "one");
            return send(key.port(), "POST", PATH + "?status=0", key.header(), "one");
        });
        both(
                "a write with a tag that can never match",
                412,
                key -> send(key.port(), "PUT", PATH + "/1", "if-match: W/\"v1\"", "one"));
        narrator.expect(
                "304 to a page that has the answer already",
                send(stage.gatewayPort(), "GET", PATH + "/1?etag=v1", "if-none-match: \"v1\"", "")
                                .status()
                        == 304);
    }

    private void oneKeyOnBothGateways() throws IOException {
        String key = header();
        long before = stage.upstream().requests();
        Answer first = send(stage.gatewayPort(), "POST", PATH, key, "one");
        Answer second = send(stage.gatewayPort(), "POST", PATH, key, "one");
        Answer third = send(stage.kongPort(), "POST", PATH, key, "one");
        narrator.says("→ POST " + PATH + ", three times with " + key);
        narrator.says("← Envoy: " + text(first));
        narrator.says("← Envoy: " + text(second));
        narrator.says("← Kong:  " + text(third));
        narrator.expect(
                "it ran once, and the retries got its answer, also at the other gateway",
                stage.upstream().requests() == before + 1
                        && first.body().equals(second.body())
                        && first.body().equals(third.body())
                        && "true".equals(second.header("idempotent-replayed"))
                        && "true".equals(third.header("idempotent-replayed")));
    }

    private void fifty() throws InterruptedException, ExecutionException {
        String key = header();
        long before = stage.upstream().requests();
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            int port = i % 2 == 0 ? stage.gatewayPort() : stage.kongPort();
            calls.add(
                    () -> send(port, "POST", PATH + "/slow?ms=200", key, "one").status());
        }
        int served = 0;
        int toldToWait = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> call : threads.invokeAll(calls)) {
                served += call.get() == 200 ? 1 : 0;
                toldToWait += call.get() == 409 ? 1 : 0;
            }
        }
        narrator.says("fifty at once with one key, half of them at each gateway: " + served + " served, " + toldToWait
                + " told to come again");
        narrator.expect(
                "one of fifty ran",
                stage.upstream().requests() == before + 1 && served >= 1 && served + toldToWait == AT_ONCE);
    }

    /** A key of its own at one of the gateways. */
    private record Use(int port, String header) {}

    /** What is done with it, up to the answer that counts. */
    @FunctionalInterface
    private interface Scene {
        Answer play(Use key) throws IOException;
    }

    private void both(String what, int status, Scene scene) throws IOException {
        Answer envoy = scene.play(new Use(stage.gatewayPort(), header()));
        Answer kong = scene.play(new Use(stage.kongPort(), header()));
        narrator.says("Envoy: " + text(envoy) + " | Kong: " + text(kong));
        narrator.expect(status + " on both: " + what, envoy.status() == status && kong.status() == status);
    }

    private static String header() {
        return "idempotency-key: " + UUID.randomUUID();
    }

    private static String text(Answer answer) {
        String state = Objects.requireNonNullElse(answer.header("idempotency-status"), "");
        return (answer.status() + " " + state).strip();
    }

    private Answer send(int port, String method, String path, String header, String body) throws IOException {
        List<String> all = new ArrayList<>(headers);
        all.add(header);
        all.add("content-length: " + body.length());
        byte[] head = HttpConnection.request(method, path, all);
        byte[] text = body.getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + text.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(text, 0, request, head.length, text.length);
        try (HttpConnection connection = new HttpConnection(port)) {
            return connection.exchange(request);
        }
    }
}
