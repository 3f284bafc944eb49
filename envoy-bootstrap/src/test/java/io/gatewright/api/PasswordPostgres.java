package io.gatewright.api;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A Postgres that lets its one user {@code guarded} in by password only. One thread at a time. */
final class PasswordPostgres implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    private PasswordPostgres(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static PasswordPostgres start(Path directory) throws IOException, SQLException {
        Path data = directory.resolve("guarded");
        EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().setDataDirectory(data).start();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE guarded LOGIN PASSWORD 'something else'");
            Files.writeString(data.resolve("pg_hba.conf"), "host all guarded 127.0.0.1/32 scram-sha-256\n");
            statement.execute("SELECT pg_reload_conf()");
        }
        return new PasswordPostgres(postgres);
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
    }

    String user() {
        return "guarded";
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
