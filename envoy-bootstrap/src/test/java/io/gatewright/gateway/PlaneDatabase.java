package io.gatewright.gateway;

import io.gatewright.registry.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/** The Postgres that a control plane of a test has started, seen past it. One thread at a time. */
final class PlaneDatabase {
    private static final long LONGEST_SECONDS = 30;

    private final long pid;
    private final PGSimpleDataSource connections = new PGSimpleDataSource();

    private PlaneDatabase(long pid, int port) {
        this.pid = pid;
        connections.setURL("jdbc:postgresql://127.0.0.1:" + port + "/postgres");
        connections.setUser("postgres");
        connections.setPassword("postgres");
    }

    /** @param data the data directory of the control plane */
    static PlaneDatabase of(Path data) throws IOException {
        List<String> lines = Files.readAllLines(data.resolve("postgres/postmaster.pid"));
        return new PlaneDatabase(
                Long.parseLong(lines.get(0).trim()),
                Integer.parseInt(lines.get(3).trim()));
    }

    History history() {
        return new History(connections);
    }

    /** Ends the process of one client's connection as {@code kill -9} does; Postgres then ends all others and recovers. */
    void killOneConnection(SplittableRandom random) throws SQLException {
        List<Long> pids = new ArrayList<>();
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                    SELECT pid FROM pg_stat_activity
                    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY state, pid""")) {
            while (rows.next()) {
                pids.add(rows.getLong(1));
            }
        }
        ProcessHandle.of(pids.get(random.nextInt(pids.size()))).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Ends the server as {@code kill -9} does, and waits until no process of it is left. */
    void kill() throws InterruptedException, ExecutionException, TimeoutException {
        ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> all =
                Stream.concat(server.descendants(), Stream.of(server)).toList();
        server.destroyForcibly();
        for (ProcessHandle process : all) {
            process.onExit().get(LONGEST_SECONDS, TimeUnit.SECONDS);
        }
    }
}
