package io.gatewright.events;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the tables of the event log up to date. Thread-safe; processes that start together wait for each other.
 *
 * <p>The user needs the right to create a schema in the database, and CREATEROLE the first time, for the role {@code
 * gatewright_service}, in which everything here works. Postgres 15 or newer.
 */
public final class Migrations {
    private static final int DAYS_AHEAD = 5;

    private Migrations() {}

    /**
     * Migrates.
     *
     * @param url JDBC URL, {@code jdbc:postgresql://host:port/database}
     * @throws EventsException when it cannot; the message says what to do
     */
    public static void migrate(String url, String user, String password) {
        try {
            Flyway.configure()
                    .dataSource(url, user, password)
                    .schemas("events")
                    .table("schema_history")
                    .locations("classpath:db/migration/events")
                    .load()
                    .migrate();
            prepareDays(url, user, password);
        } catch (FlywayException | SQLException e) {
            throw new EventsException(
                    "Migrating the event log at " + url + " as " + user
                            + " failed; the user needs the right to create a"
                            + " schema in the database and CREATEROLE: " + e.getMessage(),
                    e);
        }
    }

    /** So that events can be appended before any sequencer runs. */
    private static void prepareDays(String url, String user, String password) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT events.prepare_days(" + DAYS_AHEAD + ")");
        }
    }
}
