package io.gatewright.events;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A database of its own on the one Postgres server of this JVM. Its owner is no superuser. */
public final class ScratchDatabase implements AutoCloseable {
    public static final String OWNER = "gatewright_owner";

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "test_" + COUNT.incrementAndGet();
    private final List<AgroalDataSource> pools = new ArrayList<>();

    private static final class Server {
        static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("deadlock_timeout", "50ms")
                        .setServerConfig(
                                "synchronous_commit",
                                "off") // speed; what has to survive a crash has a server of its own
                        .start(); // ends with the JVM
                try (Connection connection = server.getPostgresDatabase().getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("CREATE ROLE " + OWNER + " LOGIN CREATEROLE PASSWORD 'owner'");
                }
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** An empty database. */
    public static ScratchDatabase empty() {
        ScratchDatabase database = new ScratchDatabase();
        database.superuser("postgres", "CREATE DATABASE " + database.name + " OWNER " + OWNER);
        return database;
    }

    /** One with the event log and the tables of {@link Workload}, copied from one that was migrated. */
    static ScratchDatabase migrated() {
        return Template.MIGRATED.copy();
    }

    /** Another one with all that is in this one, to which nobody may be connected. */
    public ScratchDatabase copy() {
        ScratchDatabase copy = new ScratchDatabase();
        superuser("postgres", "CREATE DATABASE " + copy.name + " OWNER " + OWNER + " TEMPLATE " + name);
        return copy;
    }

    private static final class Template {
        static final ScratchDatabase MIGRATED = migrate();

        private static ScratchDatabase migrate() {
            ScratchDatabase database = empty();
            Migrations.migrate(database.url(), OWNER, "owner");
            try (Connection owner = database.owner()) {
                Workload.createTables(owner);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return database;
        }
    }

    public String url() {
        return url(name);
    }

    /** Of another database of this server. */
    public String url(String database) {
        return Server.RUNNING.getJdbcUrl(OWNER, database).replaceFirst("\\?.*", "");
    }

    /** A pool as the service uses it. */
    public DataSource service() {
        var configuration = new AgroalDataSourceConfigurationSupplier();
        configuration
                .connectionPoolConfiguration()
                .maxSize(8)
                .acquisitionTimeout(Duration.ofSeconds(20))
                .connectionFactoryConfiguration()
                .jdbcUrl(url())
                .principal(new NamePrincipal(OWNER))
                .credential(new SimplePassword("owner"))
                .initialSql("SET ROLE gatewright_service");
        try {
            AgroalDataSource pool = AgroalDataSource.from(configuration);
            pools.add(pool);
            return pool;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A connection of the service outside any pool. */
    Connection open() throws SQLException {
        Connection connection = owner();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE gatewright_service");
        }
        return connection;
    }

    public Connection owner() throws SQLException {
        return DriverManager.getConnection(url(), OWNER, "owner");
    }

    /** Runs statements as superuser with triggers and foreign keys off, as somebody who means to tamper. */
    public void tamper(String... statements) {
        superuser(name, "SET session_replication_role = replica; " + String.join("; ", statements));
    }

    /** The first column of the first row, as superuser. */
    public String ask(String query) {
        try (Connection connection =
                        Server.RUNNING.getDatabase("postgres", name).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void superuser(String database, String sql) {
        try (Connection connection =
                        Server.RUNNING.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Closes the pools and fails when anybody else left a connection open. */
    @Override
    public void close() {
        pools.forEach(AgroalDataSource::close);
        // A backend ends a little after its client went; each question waits 20 ms on the server.
        String left = "";
        for (int i = 0; i < 500 && !left.equals("0"); i++) {
            left = ask("""
                    SELECT (SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                            AND backend_type = 'client backend')
                    FROM pg_sleep(0.02)""");
        }
        if (!left.equals("0")) {
            throw new AssertionError(left + " connections to " + name + " are left open");
        }
        superuser("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    }
}
