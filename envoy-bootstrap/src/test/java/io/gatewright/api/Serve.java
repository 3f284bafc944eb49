package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run of the control plane's program, with all it says. One thread at a time. */
final class Serve implements AutoCloseable {
    private static final long LONGEST_SECONDS = 90;

    private final Process process;
    private final Path out;
    private final Path err;

    private Serve(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** How a run ended: all lines of stderr, and everything that was printed. */
    record End(int code, List<String> problems, String all) {}

    static Serve start(Path directory, Map<String, String> environment, String... flags) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                Checkout.directory()
                        .resolve("control-plane/server/target/quarkus-app/quarkus-run.jar")
                        .toString()));
        command.addAll(List.of(flags));
        Path out = Files.createTempFile(directory, "out", ".log");
        Path err = Files.createTempFile(directory, "err", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("GATEWRIGHT_"));
        builder.environment().putAll(environment);
        return new Serve(builder.start(), out, err);
    }

    /** Runs it and waits for its end, which must come by itself. */
    static End run(Path directory, Map<String, String> environment, String... flags) throws Exception {
        try (Serve serve = start(directory, environment, flags)) {
            return serve.end();
        }
    }

    /** Waits until it is ready. */
    Serve ready(ApiClient api) throws Exception {
        long start = System.nanoTime();
        while (!api.ready()) {
            assertThat(process.waitFor(50, TimeUnit.MILLISECONDS))
                    .as(this::said)
                    .isFalse();
            assertThat(System.nanoTime() - start).as(this::said).isLessThan(TimeUnit.SECONDS.toNanos(LONGEST_SECONDS));
        }
        return this;
    }

    /** Sends SIGTERM and waits for its end. */
    End terminate() throws Exception {
        process.destroy();
        return end();
    }

    /** Sends SIGKILL and waits for its end. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    End end() throws Exception {
        assertThat(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS))
                .as(this::said)
                .isTrue();
        return new End(process.exitValue(), Files.readAllLines(err), said());
    }

    String said() {
        try {
            return Files.readString(out) + Files.readString(err);
        } catch (IOException e) {
            return "its output cannot be read: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
