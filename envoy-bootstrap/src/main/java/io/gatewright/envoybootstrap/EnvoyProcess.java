package io.gatewright.envoybootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** A running Envoy of our own. Thread-safe. It ends with {@link #close}, at the latest with this JVM. */
public final class EnvoyProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final Pattern COMPLAINT =
            Pattern.compile("\\[[^]]*]\\[[0-9]+]\\[(critical|error)]\\[[^]]*] (\\[[^]]*] )?");

    private final Process process;
    private final Path log;
    private final Thread endWithJvm;
    private final EnvoyAdmin admin;

    /**
     * How an Envoy runs.
     *
     * @param directory gets its bootstrap, log and admin address; one of its own for each Envoy
     * @param concurrency worker threads
     * @param drainTime how long connections of a removed listener may go on
     * @param logLevel trace, debug, info, warning, error, critical or off
     * @param strict rejects a resource with a field that it does not know; else it does not look for any, and loads faster
     */
    public record Options(Path directory, int concurrency, Duration drainTime, String logLevel, boolean strict) {
        /** One worker, six seconds of draining, log level info, not strict. */
        public static Options in(Path directory) {
            return new Options(directory, 1, Duration.ofSeconds(6), "info", false);
        }

        public Options withConcurrency(int workers) {
            return new Options(directory, workers, drainTime, logLevel, strict);
        }

        public Options strictly() {
            return new Options(directory, concurrency, drainTime, logLevel, true);
        }
    }

    private EnvoyProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.endWithJvm = Thread.ofPlatform().unstarted(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(endWithJvm);
        this.admin = new EnvoyAdmin();
    }

    /** Starts the Envoy of {@link EnvoyBinary#find}. */
    public static EnvoyProcess start(Bootstrap bootstrap, Options options) {
        return start(EnvoyBinary.find(), bootstrap, options);
    }

    /**
     * Starts an Envoy and waits until its administration answers, which is before it has any configuration; see
     * {@link #awaitLive}.
     *
     * @throws EnvoyUnavailable with Envoy's last complaint, when it ends or stays silent
     */
    public static EnvoyProcess start(Path binary, Bootstrap bootstrap, Options options) {
        return startWith(binary, bootstrap.yaml(), options);
    }

    /** The same with a bootstrap file of one's own, in YAML; its administration must be on a port that the system picks. */
    public static EnvoyProcess startWith(Path binary, String yaml, Options options) {
        Path file = options.directory().resolve("bootstrap.yaml");
        Path log = options.directory().resolve("envoy.log");
        Path address = options.directory().resolve("admin-address");
        try {
            Files.createDirectories(options.directory());
            Files.deleteIfExists(address);
            Files.writeString(file, yaml);
            Process process = new ProcessBuilder(List.of(
                            binary.toString(),
                            "-c",
                            file.toString(),
                            "--concurrency",
                            Integer.toString(options.concurrency()),
                            "--drain-time-s",
                            Long.toString(options.drainTime().toSeconds()),
                            "--drain-strategy",
                            "immediate",
                            "--admin-address-path",
                            address.toString(),
                            options.strict() ? "--reject-unknown-dynamic-fields" : "--ignore-unknown-dynamic-fields",
                            "--disable-hot-restart", // so that any number run on one machine without base ids
                            "--log-level",
                            options.logLevel()))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            EnvoyProcess envoy = new EnvoyProcess(process, log);
            envoy.awaitAdmin(address);
            return envoy;
        } catch (IOException e) {
            throw new EnvoyUnavailable("Envoy cannot be started: " + e.getMessage(), e);
        }
    }

    private void awaitAdmin(Path address) {
        try {
            await("started", START, () -> admin.found(address) && admin.answers());
        } catch (EnvoyUnavailable e) {
            close();
            throw e;
        }
    }

    /**
     * Waits until Envoy has its first listeners and clusters, and serves.
     *
     * @throws EnvoyUnavailable when that does not happen in time
     */
    public void awaitLive(Duration atMost) {
        await("live", atMost, admin::live);
    }

    private void await(String what, Duration atMost, BooleanSupplier reached) {
        long start = System.nanoTime();
        try {
            while (!reached.getAsBoolean()) {
                if (process.waitFor(POLL)) {
                    throw new EnvoyUnavailable("Envoy ended before it was " + what + ": " + lastComplaint());
                }
                if (System.nanoTime() - start > atMost.toNanos()) {
                    throw new EnvoyUnavailable("Envoy was not " + what + " within " + atMost.toSeconds() + " s: "
                            + lastComplaint() + " (log: " + log + ")");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvoyUnavailable("interrupted while waiting for Envoy", e);
        }
    }

    private String lastComplaint() {
        String last = "its log has no error";
        try {
            for (String line : Files.readAllLines(log)) {
                if (COMPLAINT.matcher(line).lookingAt()) {
                    last = COMPLAINT.matcher(line).replaceFirst("");
                }
            }
        } catch (IOException e) {
            last = "its log cannot be read: " + e.getMessage();
        }
        return last;
    }

    public int adminPort() {
        return admin.port();
    }

    public long pid() {
        return process.pid();
    }

    public boolean running() {
        return process.isAlive();
    }

    /** Where its log goes. */
    public Path log() {
        return log;
    }

    /**
     * A counter or gauge by its full name, such as {@code listener_manager.lds.update_success}; 0 when Envoy does not
     * have it, since Envoy makes many of them at their first use.
     */
    public long stat(String name) {
        return admin.stat(name);
    }

    /** Everything it runs, scopes and endpoints included, as {@code /config_dump} says it. */
    public JsonNode configDump() {
        return admin.json("/config_dump?include_eds");
    }

    /** What the administration answers to a GET, such as {@code /clusters}. */
    public String admin(String path) {
        return admin.get(path);
    }

    /** Ends it at once, as a crash would, and waits for its end. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Ends it and waits for its end. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(endWithJvm);
        } catch (IllegalStateException e) {
            // the JVM is ending, and the hook does no harm
        }
    }
}
