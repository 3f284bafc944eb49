package io.gatewright.bench;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;
import io.gatewright.proto.kong.ConsumerEntity;
import io.gatewright.proto.kong.RawBody;
import io.gatewright.testkit.CannedCalls;
import io.gatewright.testkit.ConfiguredPlugin;
import io.gatewright.testkit.EventResult;
import io.gatewright.testkit.Replies;
import io.gatewright.testkit.SimulatedKong;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A plugin server as a process of its own, without any environment, and a Kong beside it. One thread at a time. */
final class PluginServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int BODY_BYTES = 256;
    private static final CannedCalls ANSWERS = new CannedCalls(Map.of(
            Method.REQUEST_GET_METHOD, Replies.text("POST"),
            Method.REQUEST_GET_PATH, Replies.text("/v1/orders/4711"),
            Method.REQUEST_GET_HEADERS,
                    Replies.table(Map.of(
                            "host", "orders.example.com",
                            "user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                            "accept", "application/json",
                            "accept-encoding", List.of("gzip", "br"),
                            "authorization", "Bearer " + "x".repeat(600),
                            "content-type", "application/json",
                            "content-length", "256",
                            "idempotency-key", "0b6f7b1e-58b0-4d0c-9a0f-3f5a3f0f2c11",
                            "x-request-id", "a1b2c3d4e5f60718",
                            "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")),
            Method.REQUEST_GET_RAW_BODY,
                    RawBody.newBuilder()
                            .setContent(ByteString.copyFrom(new byte[BODY_BYTES]))
                            .build()
                            .toByteArray(),
            Method.CLIENT_GET_CONSUMER,
                    ConsumerEntity.newBuilder()
                            .setId(ByteString.copyFromUtf8("6894d5f3-115f-5858-860f-cdf2553d2fbe"))
                            .setUsername(ByteString.copyFromUtf8("acme"))
                            .build()
                            .toByteArray()));

    private final Process process;
    private final SimulatedKong kong;
    private final ConfiguredPlugin plugin;
    private final double startMillis;

    /** What a span of work took. */
    record Cost(long events, double wallMicros, double cpuMicros) {}

    /**
     * Starts it, and waits until it has answered an event.
     *
     * @throws IllegalArgumentException if it does not within {@link #PATIENCE}
     */
    PluginServer(Path directory, String plugin, String config, List<String> command) throws IOException {
        this.plugin = ConfiguredPlugin.of(plugin, 905, Set.of(Phase.ACCESS), config);
        Path socket = directory.resolve(plugin + ".socket");
        Files.deleteIfExists(socket);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toFile(), plugin + ".log"));
        builder.environment().clear();
        kong = SimulatedKong.on(socket).start();
        long start = System.nanoTime();
        process = builder.start();
        while (!Files.exists(socket) || !(event() instanceof EventResult.Finished)) {
            if (!process.isAlive() || System.nanoTime() - start > PATIENCE.toNanos()) {
                close();
                throw new IllegalArgumentException(
                        command.getFirst() + " does not serve; its words are in " + directory.resolve(plugin + ".log"));
            }
            LockSupport.parkNanos(200_000);
        }
        startMillis = (System.nanoTime() - start) / 1e6;
    }

    /** From exec to the first event answered, in milliseconds. */
    double startMillis() {
        return startMillis;
    }

    /** Sends events on so many connections, one after the other on each. */
    Cost work(int connections, Duration span) throws InterruptedException, ExecutionException {
        Duration before = cpu();
        long start = System.nanoTime();
        long end = start + span.toNanos();
        long events = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            List<Future<Long>> counts = IntStream.range(0, connections)
                    .mapToObj(i -> threads.submit(() -> eventsUntil(end)))
                    .toList();
            for (Future<Long> count : counts) {
                events += count.get();
            }
        }
        double nanos = System.nanoTime() - start;
        return new Cost(
                events, nanos * connections / events / 1000, cpu().minus(before).toNanos() / 1000.0 / events);
    }

    /** Resident memory in MiB, 0 where the system does not say. */
    double residentMib() throws IOException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        }
    }

    private long eventsUntil(long endNanos) {
        long events = 0;
        while (System.nanoTime() < endNanos) {
            EventResult result = event();
            if (!(result instanceof EventResult.Finished)) {
                throw new IllegalStateException("an event failed: " + result);
            }
            events++;
        }
        return events;
    }

    private EventResult event() {
        return kong.event(plugin, Phase.ACCESS, ANSWERS);
    }

    private Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    @Override
    public void close() {
        kong.close();
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
