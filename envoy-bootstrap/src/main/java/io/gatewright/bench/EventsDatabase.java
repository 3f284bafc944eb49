package io.gatewright.bench;

import io.gatewright.events.CloudEvent;
import io.gatewright.events.EventLog;
import io.gatewright.events.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A Postgres that waits for the disk at every commit, with the event log and beside it a table that is its equal: the same
 * columns, defaults and indexes. Thread-safe.
 */
final class EventsDatabase implements AutoCloseable {
    private static final String PLAIN_INSERT = """
        INSERT INTO plain (part, topic, type, source, id, tenant, org, key, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private final EmbeddedPostgres postgres;

    private EventsDatabase(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static EventsDatabase start() throws IOException, SQLException {
        EventsDatabase database = new EventsDatabase(EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("shared_buffers", "256MB")
                .setServerConfig("max_wal_size", "8GB")
                .start());
        Migrations.migrate(database.url(), "postgres", "");
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                CREATE TABLE plain (LIKE events.log INCLUDING ALL);
                CREATE UNIQUE INDEX plain_event ON plain (source, id);
                CREATE TABLE noise (id bigint GENERATED ALWAYS AS IDENTITY)""");
        }
        return database;
    }

    Connection open() throws SQLException {
        return DriverManager.getConnection(url(), "postgres", "");
    }

    private String url() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
    }

    /** One way to write an event in the connection's transaction. */
    interface Write {
        void in(Connection connection, CloudEvent event) throws SQLException;
    }

    static void plainInsert(Connection connection, CloudEvent event) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PLAIN_INSERT)) {
            statement.setShort(1, (short) event.partition());
            statement.setString(2, event.topic());
            statement.setString(3, event.type());
            statement.setString(4, event.source());
            statement.setString(5, event.id());
            statement.setString(6, event.tenant());
            statement.setString(7, event.org());
            statement.setString(8, event.key());
            statement.setString(9, event.text());
            statement.executeUpdate();
        }
    }

    static Write append(EventLog log) {
        return log::append;
    }

    /** What others do: the notification inside the business transaction. */
    static void insertAndNotify(Connection connection, CloudEvent event) throws SQLException {
        plainInsert(connection, event);
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_notify('bench', ?)")) {
            statement.setString(1, event.id());
            statement.execute();
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
