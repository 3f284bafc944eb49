package io.gatewright.gateway;

import io.gatewright.envoybootstrap.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The guard as the build has packed it, in a process of its own. One thread at a time. */
final class SidecarProcess implements AutoCloseable {
    private static final Path TARGET = Checkout.directory().resolve("kong-plugin/sidecar/target");

    private final Path socket;
    private final String databaseUrl;
    private final Path directory;
    private Process process;

    /** Starts it and waits until Envoy can find it. */
    SidecarProcess(Path directory, Path socket, String databaseUrl) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.socket = socket;
        this.databaseUrl = databaseUrl;
        start();
    }

    /** Starts it again, after {@link #kill}. */
    void start() throws IOException {
        Path log = directory.resolve("sidecar-" + System.nanoTime() + ".log");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:AOTCache=" + TARGET.resolve("gatewright-sidecar.aot"),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-jar",
                        TARGET.resolve("gatewright-sidecar.jar").toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "GATEWRIGHT_GUARD_SOCKET",
                        socket.toString(),
                        "GATEWRIGHT_DB_URL",
                        databaseUrl,
                        "GATEWRIGHT_DB_USER",
                        "postgres",
                        "GATEWRIGHT_DB_PASSWORD",
                        "postgres",
                        "GATEWRIGHT_PEPPER",
                        Base64.getEncoder().encodeToString(new byte[32]),
                        "GATEWRIGHT_DATA_DIR",
                        directory.toString()));
        process = builder.start();
        Waiting.until("the sidecar serves; log: " + log, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("The sidecar ended: " + Files.readString(log));
            }
            return Files.readString(log).contains("event=sidecar_serves");
        });
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
