package io.gatewright.registry;

import io.gatewright.events.EventsException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the registry's tables up to date, and those of the event log, to which every revision is told. Thread-safe; processes that start together wait for each other.
 *
 * <p>The user needs the right to create a schema in the database, and CREATEROLE the first time, for the role {@code
 * gatewright_service}. Whoever serves connects as that user too and says {@code SET ROLE gatewright_service}.
 */
public final class Migrations {
    private static final int OLDEST_SERVER = 150_000;

    private Migrations() {}

    /**
     * Migrates.
     *
     * @param url JDBC URL, {@code jdbc:postgresql://host:port/database}
     * @throws RegistryException when it cannot; the message says what to do
     */
    public static void migrate(String url, String user, String password) {
        try (Connection connection = DriverManager.getConnection(url, user, password)) {
            requireServer(versionOf(connection), url);
        } catch (SQLException e) {
            throw new RegistryException(explain(String.valueOf(e.getSQLState()), url, user) + ": " + e.getMessage(), e);
        }
        try {
            io.gatewright.events.Migrations.migrate(url, user, password);
            Flyway.configure()
                    .dataSource(url, user, password)
                    .schemas("registry")
                    .table("schema_history")
                    .locations("classpath:db/migration/registry")
                    .load()
                    .migrate();
        } catch (EventsException e) {
            throw new RegistryException(String.valueOf(e.getMessage()), e);
        } catch (FlywayException e) {
            throw new RegistryException(
                    "Migrating the registry at " + url + " as " + user + " failed; the user needs the right to create a"
                            + " schema in the database and CREATEROLE: " + e.getMessage(),
                    e);
        }
    }

    private static int versionOf(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT current_setting('server_version_num')::integer")) {
            row.next();
            return row.getInt(1);
        }
    }

    static void requireServer(int versionNumber, String url) {
        if (versionNumber < OLDEST_SERVER) {
            throw new RegistryException(
                    "The Postgres at " + url + " is version " + versionNumber / 10_000 + "; use version 15 or newer");
        }
    }

    private static String explain(String sqlState, String url, String user) {
        return switch (sqlState) {
            case "28P01", "28000" ->
                "The Postgres at " + url + " refuses the user " + user + "; correct the user or its password";
            case "3D000" -> "The database of " + url + " does not exist; create it or correct the URL";
            case "42501" -> "The user " + user + " may not connect to " + url + "; grant CONNECT on the database";
            default ->
                sqlState.startsWith("08")
                        ? "There is no Postgres to reach at " + url + "; start it or correct host and port"
                        : "Connecting to " + url + " as " + user + " failed with SQLState " + sqlState;
        };
    }
}
