package io.gatewright.server;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Postgres that this process starts and keeps in a directory. One that an earlier process left running, because it was
 * killed, is taken over. Thread-confined to start and end of the process.
 */
final class EmbeddedDatabase implements AutoCloseable {
    private static final String NO_PASSWORD = "postgres";
    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final int port;
    private final Closeable stop;

    private EmbeddedDatabase(int port, Closeable stop) {
        this.port = port;
        this.stop = stop;
    }

    /** @throws StartupFailure with the cause in one sentence */
    static EmbeddedDatabase start(Path directory, boolean ephemeral) throws StartupFailure {
        try {
            Files.createDirectories(directory);
            Optional<EmbeddedDatabase> running = ephemeral ? Optional.empty() : takeOver(directory.resolve("postgres"));
            return running.isPresent() ? running.get() : startNew(directory, ephemeral);
        } catch (IOException | RuntimeException e) {
            throw new StartupFailure(
                    "The embedded Postgres in " + directory + " cannot start: " + reason(e)
                            + "; choose another --data-dir or give a --db-url",
                    e);
        }
    }

    private static EmbeddedDatabase startNew(Path directory, boolean ephemeral) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setPort(0)
                .setRegisterShutdownHook(false)
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("max_connections", "220")
                .setServerConfig("fsync", ephemeral ? "off" : "on")
                .setServerConfig("synchronous_commit", ephemeral ? "off" : "on")
                .setPGStartupWait(STARTUP);
        if (!ephemeral) {
            builder.setDataDirectory(directory.resolve("postgres")).setCleanDataDirectory(false);
        }
        EmbeddedPostgres postgres = builder.start();
        return new EmbeddedDatabase(postgres.getPort(), postgres);
    }

    /** The file postmaster.pid holds the process id in its first line and the port in its fourth. */
    private static Optional<EmbeddedDatabase> takeOver(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.size() < 4) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.get(0).trim()))
                .filter(process -> process.info().command().orElse("").endsWith("postgres"))
                .map(process ->
                        new EmbeddedDatabase(Integer.parseInt(lines.get(3).trim()), () -> stop(process)));
    }

    /**
     * Stops as one that was started here is stopped: Postgres ends its clients on SIGINT, and waits for them on the SIGTERM
     * of {@link ProcessHandle#destroy} (Postgres documentation, "Shutting Down the Server").
     */
    private static void stop(ProcessHandle process) throws IOException {
        String pid = Long.toString(process.pid());
        try {
            if (new ProcessBuilder("kill", "-INT", pid).inheritIO().start().waitFor() != 0 && process.isAlive()) {
                throw new IOException("process " + pid + " takes no signal; end it with: kill -INT " + pid);
            }
            process.onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("process " + pid + " goes on; end it with: kill -INT " + pid, e);
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    String user() {
        return "postgres";
    }

    String password() {
        return NO_PASSWORD;
    }

    @Override
    public void close() throws IOException {
        stop.close();
    }

    private static String reason(Exception e) {
        return switch (e) {
            case FileAlreadyExistsException file -> file.getFile() + " is a file, not a directory";
            case AccessDeniedException denied -> denied.getFile() + " may not be written";
            case FileSystemException failure ->
                failure.getFile() + " cannot be made" + (failure.getReason() == null ? "" : ", " + failure.getReason());
            default -> firstLine(e);
        };
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
    }
}
