package io.gatewright.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    private final Process process;
    private final KongSide kong;
    private final double startMillis;

    /** Makes the Kong before a server. */
    @FunctionalInterface
    interface Connecting {
        KongSide to(Path socket) throws IOException;
    }

    /** What a span of work took. */
    record Cost(long events, double wallMicros, double cpuMicros) {}

    /**
     * Starts it, and waits until it has answered an event.
     *
     * @throws IllegalArgumentException if it does not within {@link #PATIENCE}
     */
    PluginServer(Path directory, String plugin, Connecting kongSide, List<String> command) throws IOException {
        Path socket = directory.resolve(plugin + ".socket");
        Files.deleteIfExists(socket);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toFile(), plugin + ".log"));
        builder.environment().clear();
        kong = kongSide.to(socket);
        long start = System.nanoTime();
        process = builder.start();
        while (!Files.exists(socket) || !kong.event()) {
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
            if (!kong.event()) {
                throw new IllegalStateException("an event failed; the server's words are in its log");
            }
            events++;
        }
        return events;
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
