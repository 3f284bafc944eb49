package io.gatewright.registry;

import io.gatewright.events.ScratchDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A database of its own for the registry. */
final class TestDatabase implements AutoCloseable {
    static final String OWNER = ScratchDatabase.OWNER;
    static final String LISTENER = "feed-listener";

    private final ScratchDatabase database;

    private TestDatabase(ScratchDatabase database) {
        this.database = database;
    }

    /** A migrated database: a copy of one that was migrated once. */
    static TestDatabase migrated() {
        return new TestDatabase(Template.MIGRATED.copy());
    }

    private static final class Template {
        static final ScratchDatabase MIGRATED = migrate();

        private static ScratchDatabase migrate() {
            ScratchDatabase database = ScratchDatabase.empty();
            Migrations.migrate(database.url(), OWNER, "owner");
            return database;
        }
    }

    String url() {
        return database.url();
    }

    /** A pool as the service uses it. */
    DataSource service() {
        return database.service();
    }

    /** A connection for a feed, outside any pool. */
    Connection listener() throws SQLException {
        return DriverManager.getConnection(url() + "?ApplicationName=" + LISTENER, OWNER, "owner");
    }

    /** The same to another database of this server, where nobody ever notifies. */
    Connection deafListener() throws SQLException {
        return DriverManager.getConnection(database.url("postgres"), OWNER, "owner");
    }

    Connection owner() throws SQLException {
        return database.owner();
    }

    /** Runs statements as superuser with triggers and foreign keys off, as somebody who means to tamper. */
    void tamper(String... statements) {
        database.tamper(statements);
    }

    /** The first column of the first row, as superuser. */
    String ask(String query) {
        return database.ask(query);
    }

    /** Fails when anybody left a connection open. */
    @Override
    public void close() {
        database.close();
    }
}
