package io.gatewright.envoybootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running control plane of our own, as its own process. Thread-safe. It ends with {@link #close}, at the latest with this JVM. */
public final class ControlPlaneProcess implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(4);
    private static final Duration STOP = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Process process;
    private final Path log;
    private final Path data;
    private final int xdsPort;
    private final ApiClient api;
    private final Thread endWithJvm;

    private ControlPlaneProcess(Process process, Path log, int httpPort, int xdsPort, Path data) {
        this.process = process;
        this.log = log;
        this.data = data;
        this.xdsPort = xdsPort;
        this.api = new ApiClient("http://127.0.0.1:" + httpPort, data.resolve("api-token"));
        this.endWithJvm = Thread.ofPlatform().unstarted(process::destroy);
        Runtime.getRuntime().addShutdownHook(endWithJvm);
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param directory gets its log, and its data unless the flags say {@code --ephemeral}
     * @param flags as of {@code gatewright serve}
     * @throws EnvoyUnavailable with its last words when it ends or stays silent
     */
    public static ControlPlaneProcess start(Path directory, int httpPort, int xdsPort, List<String> flags) {
        Path log = directory.resolve("control-plane.log");
        Path data = directory.resolve("data");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                Checkout.directory()
                        .resolve("control-plane/server/target/quarkus-app/quarkus-run.jar")
                        .toString(),
                "--http-port=" + httpPort,
                "--xds-port=" + xdsPort,
                "--api-requests=100000", // of one caller who plays many
                "--data-dir=" + data));
        command.addAll(flags);
        try {
            Files.createDirectories(directory);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            ControlPlaneProcess started = new ControlPlaneProcess(process, log, httpPort, xdsPort, data);
            started.awaitReady();
            return started;
        } catch (IOException e) {
            throw new EnvoyUnavailable("The control plane cannot be started: " + e.getMessage(), e);
        }
    }

    private void awaitReady() {
        long start = System.nanoTime();
        try {
            while (!api.ready()) {
                if (process.waitFor(POLL)) {
                    throw new EnvoyUnavailable("The control plane ended: " + lastLine());
                }
                if (System.nanoTime() - start > START.toNanos()) {
                    close();
                    throw new EnvoyUnavailable(
                            "The control plane was not ready within " + START.toSeconds() + " s; log: " + log);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvoyUnavailable("interrupted while waiting for the control plane", e);
        }
    }

    private String lastLine() {
        try {
            List<String> lines = Files.readAllLines(log).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.isEmpty() ? "it said nothing" : lines.getLast();
        } catch (IOException e) {
            return "its log cannot be read: " + e.getMessage();
        }
    }

    public ApiClient api() {
        return api;
    }

    public int xdsPort() {
        return xdsPort;
    }

    /** Of the Postgres that it started, whose superuser is {@code postgres} with the password {@code postgres}. */
    public String databaseUrl() {
        try {
            String port =
                    Files.readAllLines(data.resolve("postgres/postmaster.pid")).get(3);
            return "jdbc:postgresql://127.0.0.1:" + port.trim() + "/postgres";
        } catch (IOException e) {
            throw new EnvoyUnavailable("The control plane has started no Postgres: " + e.getMessage(), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Ends it at once, as a crash would, and waits for its end. The database that it started goes on. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
        forget();
    }

    /** Ends it in order and waits for its end. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        forget();
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(endWithJvm);
        } catch (IllegalStateException e) {
            // the JVM is ending, and the hook does no harm
        }
    }
}
