package io.gatewright.bench;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.gatewright.registry.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A Postgres that writes what it acknowledges to the disk, with the registry's schema and a pool as the service has it. Thread-safe. */
final class BenchDatabase implements AutoCloseable {
    private static final String USER = "postgres";

    private final EmbeddedPostgres postgres;
    private final AgroalDataSource pool;

    private BenchDatabase(EmbeddedPostgres postgres, AgroalDataSource pool) {
        this.postgres = postgres;
        this.pool = pool;
    }

    static BenchDatabase start(int connections) throws IOException, SQLException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
        Migrations.migrate(url(postgres), USER, USER);
        var configuration = new AgroalDataSourceConfigurationSupplier();
        configuration
                .connectionPoolConfiguration()
                .maxSize(connections)
                .acquisitionTimeout(Duration.ofSeconds(30))
                .connectionFactoryConfiguration()
                .jdbcUrl(url(postgres))
                .principal(new NamePrincipal(USER))
                .credential(new SimplePassword(USER))
                .initialSql("SET ROLE gatewright_service; SET enable_seqscan = off");
        return new BenchDatabase(postgres, AgroalDataSource.from(configuration));
    }

    private static String url(EmbeddedPostgres postgres) {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
    }

    AgroalDataSource pool() {
        return pool;
    }

    /** Adds the tables of the guard. */
    void migrateGuard() throws SQLException {
        io.gatewright.guard.store.Migrations.migrate(url(postgres), USER, USER);
        execute("SELECT idempotency.prepare_hours(2)");
    }

    /** A connection outside the pool, as the owner. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url(postgres), USER, USER);
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException {
        pool.close();
        postgres.close();
    }
}
