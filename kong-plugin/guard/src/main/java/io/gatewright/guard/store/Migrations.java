package io.gatewright.guard.store;

import org.flywaydb.core.Flyway;

/** Brings the schema {@code idempotency} up to date, and that of the event log, into which ends are told. Thread-safe. */
public final class Migrations {
    private Migrations() {}

    /**
     * Migrates.
     *
     * @param url JDBC URL, {@code jdbc:postgresql://host:port/database}
     * @param user needs the right to create a schema, and CREATEROLE the first time
     */
    public static void migrate(String url, String user, String password) {
        io.gatewright.events.Migrations.migrate(url, user, password);
        Flyway.configure()
                .dataSource(url, user, password)
                .schemas("idempotency")
                .table("schema_history")
                .locations("classpath:db/migration/idempotency")
                .load()
                .migrate();
    }
}
