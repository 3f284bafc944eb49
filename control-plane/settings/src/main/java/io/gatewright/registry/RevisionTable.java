package io.gatewright.registry;

import io.gatewright.audit.AuditChain;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The table {@code registry.revision}. */
final class RevisionTable {
    /** The columns of {@link #header}, of a revision named {@code r}. */
    static final String HEADER = "r.number, r.at, r.actor, r.reason, r.correlation_id, r.previous_hash, r.hash";

    static final int HEADER_COLUMNS = 7;

    static final String INSERT = """
        INSERT INTO registry.revision (number, at, actor, reason, correlation_id, previous_hash, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?);
        """;

    private static final String HEAD = "SELECT number, hash FROM registry.revision ORDER BY number DESC LIMIT 1";

    private static final String OF_NUMBERS =
            "SELECT " + HEADER + " FROM registry.revision r WHERE r.number = ANY (?) ORDER BY r.number";

    private static final String NEWEST_AT = """
        SELECT number FROM registry.revision WHERE at <= ? ORDER BY number DESC LIMIT 1""";

    private RevisionTable() {}

    /** Binds {@link #INSERT} from a parameter on and returns the next parameter. */
    static int bindInsert(PreparedStatement statement, int first, RevisionHeader header) throws SQLException {
        int parameter = first;
        statement.setLong(parameter++, header.number());
        Columns.setTime(statement, parameter++, header.at());
        statement.setString(parameter++, header.actor());
        statement.setString(parameter++, header.reason());
        if (header.correlationId() == null) {
            statement.setNull(parameter++, Types.VARCHAR);
        } else {
            statement.setString(parameter++, header.correlationId());
        }
        Columns.setHash(statement, parameter++, header.previousHash());
        Columns.setHash(statement, parameter++, header.hash());
        return parameter;
    }

    static RevisionHeader header(ResultSet row) throws SQLException {
        return new RevisionHeader(
                row.getLong(1),
                Columns.time(row, 2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                Columns.hash(row, 6),
                Columns.hash(row, 7));
    }

    /** The newest revision's number and hash. */
    record Head(long number, String hash) {}

    static Head head(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HEAD);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? new Head(rows.getLong(1), Columns.hash(rows, 2)) : new Head(0, AuditChain.GENESIS);
        }
    }

    static List<RevisionHeader> ofNumbers(Connection connection, Collection<Long> numbers) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OF_NUMBERS)) {
            statement.setArray(1, connection.createArrayOf("bigint", numbers.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                List<RevisionHeader> headers = new ArrayList<>();
                while (rows.next()) {
                    headers.add(header(rows));
                }
                return headers;
            }
        }
    }

    /** The newest of the revisions whose time is not after that one, or 0. */
    static long newestAt(Connection connection, Instant time) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NEWEST_AT)) {
            Columns.setTime(statement, 1, time);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }
}
