package io.gatewright.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program as a process of its own, with nothing in its environment but what it is given. One thread at a time. */
final class Started implements AutoCloseable {
    private static final long LONGEST_SECONDS = 60;
    private static final long POLL_MILLIS = 50;

    private final Process process;
    private final Path log;
    private final Path directory;

    /** @param directory where it runs; gets what it says as {@code NAME.log} */
    Started(Path directory, String name, Map<String, String> environment, List<String> command) throws IOException {
        log = directory.resolve(name + ".log");
        this.directory = directory;
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /** Asks by that command, again and again, until it ends with 0. */
    Started awaitHealthy(List<String> check) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            try (Started asked = new Started(directory, "health", Map.of(), check)) {
                if (asked.end() == 0) {
                    return this;
                }
            }
            assertThat(process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS))
                    .as(this::said)
                    .isFalse();
            assertThat(System.nanoTime() - start).as(this::said).isLessThan(TimeUnit.SECONDS.toNanos(LONGEST_SECONDS));
        }
    }

    /** Waits until it ends by itself. */
    int end() throws InterruptedException {
        assertThat(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS))
                .as(this::said)
                .isTrue();
        return process.exitValue();
    }

    /** Asks it to end, and waits for that. */
    int terminate() throws InterruptedException {
        process.destroy();
        return end();
    }

    String said() {
        try {
            return log + ":\n" + Files.readString(log);
        } catch (IOException e) {
            return log + " cannot be read: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
