package io.gatewright.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** {@code events.parked}: pointers into the log, no copies. */
final class ParkedTable {
    private static final int LONGEST_REASON = 2000;

    private static final String OF = """
        SELECT part, tenant, key, position, queued, attempts, dead, reason, since FROM events.parked
        WHERE consumer = ? ORDER BY since, position""";

    private static final String PARK = """
        INSERT INTO events.parked (consumer, part, tenant, key, position, queued, attempts, dead, reason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (consumer, part, tenant, key) DO UPDATE SET queued = parked.queued + excluded.queued""";

    private static final String FAILED = """
        UPDATE events.parked SET position = ?, attempts = attempts + 1, dead = ?, reason = ?
        WHERE consumer = ? AND part = ? AND tenant = ? AND key = ?""";

    private static final String PASS = """
        WITH passed AS (
            UPDATE events.parked SET position = ?, queued = queued - 1, attempts = 0, dead = false
            WHERE consumer = ? AND part = ? AND tenant = ? AND key = ? AND queued > 1 AND position <= ? AND (dead OR NOT ?)
            RETURNING 1
        ), gone AS (
            DELETE FROM events.parked
            WHERE consumer = ? AND part = ? AND tenant = ? AND key = ? AND queued = 1 AND position <= ? AND (dead OR NOT ?)
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM passed) + (SELECT count(*) FROM gone)""";

    private static final String REPLAY = """
        UPDATE events.parked SET dead = false, attempts = 0
        WHERE consumer = ? AND part = ? AND tenant = ? AND key = ? AND dead""";

    private static final String REMOVE =
            "DELETE FROM events.parked WHERE consumer = ? AND part = ? AND tenant = ? AND key = ?";

    private ParkedTable() {}

    static List<Parked> of(Connection connection, String consumer) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OF)) {
            statement.setString(1, consumer);
            try (ResultSet row = statement.executeQuery()) {
                List<Parked> parked = new ArrayList<>();
                while (row.next()) {
                    parked.add(new Parked(
                            new Lane(row.getInt(1), row.getString(2), row.getString(3)),
                            row.getLong(4),
                            row.getLong(5),
                            row.getInt(6),
                            row.getBoolean(7),
                            row.getString(8),
                            row.getObject(9, OffsetDateTime.class).toInstant()));
                }
                return parked;
            }
        }
    }

    /** Parks a lane from this offset on, or lets further events queue behind those that wait already. */
    static void park(
            Connection connection,
            String consumer,
            Lane lane,
            long position,
            long queued,
            int attempts,
            boolean dead,
            String reason)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PARK)) {
            int next = bind(statement, 1, consumer, lane);
            statement.setLong(next, position);
            statement.setLong(next + 1, queued);
            statement.setInt(next + 2, attempts);
            statement.setBoolean(next + 3, dead);
            statement.setString(next + 4, storable(reason));
            statement.executeUpdate();
        }
    }

    /** The lane's first waiting event, at this offset, failed again. */
    static void failed(Connection connection, String consumer, Lane lane, long offset, boolean dead, String reason)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FAILED)) {
            statement.setLong(1, offset);
            statement.setBoolean(2, dead);
            statement.setString(3, storable(reason));
            bind(statement, 4, consumer, lane);
            statement.executeUpdate();
        }
    }

    /**
     * The lane's first waiting event, at this offset, is done with.
     *
     * @param onlyDead whether only a lane that waits for an operator counts
     */
    static boolean pass(Connection connection, String consumer, Lane lane, long offset, boolean onlyDead)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PASS)) {
            statement.setLong(1, offset + 1);
            int next = 2;
            for (int half = 0; half < 2; half++) {
                next = bind(statement, next, consumer, lane);
                statement.setLong(next, offset);
                statement.setBoolean(next + 1, onlyDead);
                next += 2;
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1) == 1;
            }
        }
    }

    static boolean replay(Connection connection, String consumer, Lane lane) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(REPLAY)) {
            bind(statement, 1, consumer, lane);
            return statement.executeUpdate() == 1;
        }
    }

    static void remove(Connection connection, String consumer, Lane lane) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(REMOVE)) {
            bind(statement, 1, consumer, lane);
            statement.executeUpdate();
        }
    }

    private static int bind(PreparedStatement statement, int first, String consumer, Lane lane) throws SQLException {
        statement.setString(first, consumer);
        statement.setShort(first + 1, (short) lane.partition());
        statement.setString(first + 2, lane.tenant());
        statement.setString(first + 3, lane.key());
        return first + 4;
    }

    private static String storable(String reason) {
        String text = reason.replace('\0', '?');
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON);
    }
}
