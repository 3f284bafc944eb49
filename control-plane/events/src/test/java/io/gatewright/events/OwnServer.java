package io.gatewright.events;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Postgres that may be killed, restarted, copied and filled up, with one database that has the event log. */
public final class OwnServer implements AutoCloseable {
    private final Path data;
    private final Path control;
    private final int port;

    private OwnServer(Path data, Path control, int port) {
        this.data = data;
        this.control = control;
        this.port = port;
    }

    /** Running, with the tables of the event log and of {@link Workload}: a copy of one that was made once. */
    public static OwnServer start() {
        try {
            Path data = Files.createTempDirectory("gatewright-events").resolve("postgres");
            OwnServer server = Template.STOPPED.copy(data, freePort());
            server.run();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static final class Template {
        static final OwnServer STOPPED = make();

        private static OwnServer make() {
            try {
                Path data =
                        Files.createTempDirectory("gatewright-events-template").resolve("postgres");
                try (EmbeddedPostgres first = EmbeddedPostgres.builder()
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setRegisterShutdownHook(false)
                        .start()) {
                    long pid = Long.parseLong(
                            Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
                    Path postgres = Path.of(
                            ProcessHandle.of(pid).orElseThrow().info().command().orElseThrow());
                    OwnServer made = new OwnServer(data, postgres.resolveSibling("pg_ctl"), first.getPort());
                    Migrations.migrate(made.url(), "postgres", "");
                    try (Connection connection = made.open()) {
                        Workload.createTables(connection);
                    }
                    return made;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    public Connection open() throws SQLException {
        return DriverManager.getConnection(url(), "postgres", "");
    }

    public String ask(String query) {
        try (Connection connection = open();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** kill -9 of the postmaster; returns when nothing of it is left. */
    public void kill() {
        ProcessHandle postmaster = ProcessHandle.of(pid()).orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
        all.add(postmaster);
        postmaster.destroyForcibly();
        all.forEach(process -> process.onExit().join());
    }

    /** Starts it after {@link #kill} or {@link #stop}. */
    public void run() {
        control("-l", data.resolveSibling("log").toString(), "-w", "-t", "120", "start");
    }

    /** @param mode fast or immediate */
    void stop(String mode) {
        control("-w", "-m", mode, "stop");
    }

    /** A copy of the stopped server that starts as a standby without a primary. */
    OwnServer copyAsStandby(int otherPort) {
        OwnServer standby = copy(data.resolveSibling("standby"), otherPort);
        try {
            Files.createFile(standby.data.resolve("standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return standby;
    }

    private OwnServer copy(Path to, int otherPort) {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(data.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        OwnServer copied = new OwnServer(to, control, otherPort);
        copied.configure(otherPort);
        return copied;
    }

    void promote() {
        control("-w", "promote");
    }

    long pid() {
        try {
            return Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void configure(int ownPort) {
        try {
            String configuration = """
                    port = %d
                    listen_addresses = '127.0.0.1'
                    unix_socket_directories = ''
                    fsync = on
                    autovacuum = off
                    max_connections = 60
                    max_prepared_transactions = 10
                    max_notify_queue_pages = 64
                    restart_after_crash = off
                    shared_buffers = 32MB
                    """.formatted(ownPort);
            Files.writeString(data.resolve("postgresql.conf"), configuration, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void control(String... arguments) {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U")); // Postgres does not run as root
        }
        command.addAll(List.of(control.toString(), "-D", data.toString()));
        command.addAll(List.of(arguments));
        ChildProcess.run(command);
    }

    @Override
    public void close() {
        if (Files.exists(data.resolve("postmaster.pid"))
                && ProcessHandle.of(pid()).isPresent()) {
            stop("immediate");
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
