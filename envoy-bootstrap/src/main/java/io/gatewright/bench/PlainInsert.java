package io.gatewright.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The rows of a commit without anything that makes it one: the same three tables with their primary keys and nothing else,
 * no lock, no check, no chain, no hint. What a commit is measured against. Thread-safe.
 */
final class PlainInsert {
    private static final String TABLES = """
        CREATE SCHEMA bench;
        CREATE TABLE bench.revision (LIKE registry.revision, PRIMARY KEY (number));
        CREATE TABLE bench.document (LIKE registry.document, PRIMARY KEY (kind, id));
        CREATE TABLE bench.change (LIKE registry.change, PRIMARY KEY (revision, position));
        GRANT USAGE ON SCHEMA bench TO gatewright_service;
        GRANT ALL ON ALL TABLES IN SCHEMA bench TO gatewright_service;
        """;

    private static final String INSERT = """
        INSERT INTO bench.revision (number, at, actor, reason, previous_hash, hash)
        VALUES (?, clock_timestamp(), 'bench', 'bench', ?, ?);
        INSERT INTO bench.document (kind, id, version, body) VALUES ('setting', ?, ?, ?::jsonb)
        ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, body = excluded.body;
        INSERT INTO bench.change (revision, position, kind, id, old_version, old_body, new_body)
        VALUES (?, 0, 'setting', ?, ?, ?::jsonb, ?::jsonb)
        """;

    private static final byte[] HASH = new byte[32];

    private final BenchDatabase database;
    private final AtomicLong number = new AtomicLong();

    PlainInsert(BenchDatabase database) throws SQLException {
        this.database = database;
        database.execute(TABLES);
    }

    /** One transaction with the rows of a setting that is replaced. */
    void insert(String id, String oldBody, String newBody) {
        long revision = number.incrementAndGet();
        try (Connection connection = database.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
                statement.setLong(1, revision);
                statement.setBytes(2, HASH);
                statement.setBytes(3, HASH);
                statement.setString(4, id);
                statement.setLong(5, revision);
                statement.setString(6, newBody);
                statement.setLong(7, revision);
                statement.setString(8, id);
                statement.setLong(9, revision - 1);
                statement.setString(10, oldBody);
                statement.setString(11, newBody);
                statement.execute();
            }
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw new IllegalStateException("the plain insert failed: " + e.getMessage(), e);
        }
    }
}
