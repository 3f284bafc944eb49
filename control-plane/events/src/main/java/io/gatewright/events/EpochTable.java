package io.gatewright.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The epochs in {@code events.epoch}. An epoch is one Postgres on one timeline: after a failover to a standby that may have
 * missed the end, or a restore whose transaction numbers start anew, offsets go on under the next one.
 */
final class EpochTable {
    private static final String HERE = """
        SELECT (SELECT system_identifier FROM pg_control_system()),
            ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::integer""";

    private static final String LATEST =
            "SELECT number, system, timeline, snap, floor_seq FROM events.epoch ORDER BY number DESC LIMIT 1";

    private static final String INSERT =
            "INSERT INTO events.epoch (number, system, timeline, snap, floor_seq) VALUES (?, ?, ?, ?::pg_snapshot, ?)";

    private static final String SETTLED =
            "SELECT pg_current_snapshot(), coalesce((SELECT max(seq) FROM events.log), 0)";

    private static final String NO_SNAPSHOT = "3:3:"; // before the first transaction number there is

    private EpochTable() {}

    /**
     * @param snap where its first tick starts from
     * @param floorSeq its ticks hold only rows above this one
     */
    record Epoch(int number, long system, int timeline, String snap, long floorSeq) {}

    /** The epoch of the Postgres that answers, opened when it is another one than the last. For the leader only. */
    static Epoch current(Connection connection) throws SQLException {
        long system;
        int timeline;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(HERE)) {
            row.next();
            system = row.getLong(1);
            timeline = row.getInt(2);
        }
        return current(connection, system, timeline);
    }

    static Epoch current(Connection connection, long system, int timeline) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LATEST)) {
            if (!row.next()) {
                return insert(connection, new Epoch(1, system, timeline, NO_SNAPSHOT, 0));
            }
            Epoch last = new Epoch(row.getInt(1), row.getLong(2), row.getInt(3), row.getString(4), row.getLong(5));
            if (last.system() != system) {
                return afterRestore(connection, last, system, timeline);
            }
            if (last.timeline() != timeline) {
                String snap = Ticker.lastSnapshot(connection, last);
                return insert(connection, new Epoch(last.number() + 1, system, timeline, snap, last.floorSeq()));
            }
            return last;
        }
    }

    /** Transaction numbers mean nothing any more: what had not been ticked is named row by row, the rest begins anew. */
    private static Epoch afterRestore(Connection connection, Epoch last, long system, int timeline)
            throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
            statement.execute("SELECT events.lock_log()");
            String snap;
            long floor;
            try (ResultSet row = statement.executeQuery(SETTLED)) {
                row.next();
                snap = row.getString(1);
                floor = row.getLong(2);
            }
            Epoch next = insert(connection, new Epoch(last.number() + 1, system, timeline, snap, floor));
            Ticker.resume(connection, last, TickerOptions.QUIET).close(connection, next.number());
            connection.commit();
            return next;
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static Epoch insert(Connection connection, Epoch epoch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setInt(1, epoch.number());
            statement.setLong(2, epoch.system());
            statement.setInt(3, epoch.timeline());
            statement.setString(4, epoch.snap());
            statement.setLong(5, epoch.floorSeq());
            statement.executeUpdate();
        }
        return epoch;
    }
}
