package io.gatewright.envoybootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The guard as the build has packed it, as its own process. Thread-safe. It ends with {@link #close}, at the latest with this JVM. */
public final class SidecarProcess implements AutoCloseable {
    private static final Path TARGET = Checkout.directory().resolve("kong-plugin/sidecar/target");
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);

    private final Process process;
    private final Thread endWithJvm;

    private SidecarProcess(Process process) {
        this.process = process;
        this.endWithJvm = Thread.ofPlatform().unstarted(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(endWithJvm);
    }

    /**
     * Where it is.
     *
     * @param directory gets its logs and data
     * @param envoySocket where Envoy finds it
     * @param kongSocket where Kong finds its plugins
     * @param databaseUrl of a Postgres whose superuser is {@code postgres} with the password {@code postgres}
     */
    public record Place(Path directory, Path envoySocket, Path kongSocket, String databaseUrl) {}

    /**
     * Brings its tables up to date, starts it and waits until it serves.
     *
     * @throws EnvoyUnavailable with its last words when it ends or stays silent
     */
    public static SidecarProcess start(Place place) {
        try {
            Files.createDirectories(place.directory());
            Process migration = process(place, place.directory().resolve("migrate.log"), "migrate");
            if (migration.waitFor() != 0) {
                throw new EnvoyUnavailable("The guard's tables cannot be made; log: "
                        + place.directory().resolve("migrate.log"));
            }
            Path log = Files.createTempFile(place.directory(), "sidecar", ".log");
            SidecarProcess started = new SidecarProcess(process(place, log));
            started.awaitServing(log);
            return started;
        } catch (IOException e) {
            throw new EnvoyUnavailable("The sidecar cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvoyUnavailable("interrupted while waiting for the sidecar", e);
        }
    }

    private static Process process(Place place, Path log, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:AOTCache=" + TARGET.resolve("gatewright-sidecar.aot"),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                TARGET.resolve("gatewright-sidecar.jar").toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "GATEWRIGHT_GUARD_SOCKET",
                        place.envoySocket().toString(),
                        "GATEWRIGHT_KONG_SOCKET",
                        place.kongSocket().toString(),
                        "GATEWRIGHT_DB_URL",
                        place.databaseUrl(),
                        "GATEWRIGHT_DB_USER",
                        "postgres",
                        "GATEWRIGHT_DB_PASSWORD",
                        "postgres",
                        "GATEWRIGHT_PEPPER",
                        Base64.getEncoder().encodeToString(new byte[32]),
                        "GATEWRIGHT_DATA_DIR",
                        place.directory().toString()));
        return builder.start();
    }

    private void awaitServing(Path log) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!Files.readString(log).contains("event=sidecar_serves")) {
            if (process.waitFor(POLL)) {
                throw new EnvoyUnavailable("The sidecar ended: " + Files.readString(log));
            }
            if (System.nanoTime() - start > START.toNanos()) {
                close();
                throw new EnvoyUnavailable("The sidecar did not serve within " + START.toSeconds() + " s; log: " + log);
            }
        }
    }

    /** Ends it at once, as a crash would, and waits for its end. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
        try {
            Runtime.getRuntime().removeShutdownHook(endWithJvm);
        } catch (IllegalStateException e) {
            // the JVM is ending, and the hook does no harm
        }
    }

    /** Ends it without waiting for requests. */
    @Override
    public void close() {
        kill();
    }
}
