package io.gatewright.gateway;

import io.gatewright.demo.EchoUpstream;
import io.gatewright.events.ScratchDatabase;
import io.gatewright.settings.Document;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A gateway with the guard at its side, of either kind. */
interface Door extends AutoCloseable {
    /** A tenant may hold. */
    int MOST_KEYS = 1_000_000;

    Answer send(Request request) throws IOException;

    /** Where it listens, on loopback. */
    int port();

    /** A good token of the issuer {@code main} for a user of that tenant. */
    String token(String tenant, String user);

    /** Of all modules but those of {@link #serve}. */
    EchoUpstream upstream();

    /** What the guard keeps. */
    ScratchDatabase database();

    /** Writes documents; they count when it returns. */
    void change(Document... documents) throws InterruptedException;

    /** Adds a module at that prefix. */
    void serve(String module, String prefix, String endpoint) throws IOException, InterruptedException;

    /** The first column of the first row, empty without one. */
    default String ask(String query) {
        try (Connection connection = database().owner();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    default void sql(String sql) {
        try (Connection connection = database().owner();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a statement did and nobody sees, since it is taken back at the end. Others wait for the rows until then. */
    record Held(Connection connection, ScratchDatabase database) implements AutoCloseable {
        /** How many sessions wait for rows of somebody else. */
        int waiters() {
            return Integer.parseInt(database.ask("SELECT count(*) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND wait_event_type = 'Lock'"));
        }

        @Override
        public void close() throws SQLException {
            connection.rollback();
            connection.close();
        }
    }

    default Held hold(String sql) throws SQLException {
        Connection connection = database().owner();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return new Held(connection, database());
    }

    @Override
    void close();
}
