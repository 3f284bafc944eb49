package io.gatewright.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Who leads: the session that holds the advisory lock, and proves in {@code events.leader} that it lives. One thread at a
 * time.
 *
 * <p>No wall clock is compared: the leader counts, and who waits measures with its own monotonic clock for how long the
 * count has stood still. Then it ends the leader's session, so that one which was only paused cannot go on unnoticed.
 */
final class Election {
    private static final long LOCK = 0x6761_7465_5f73_6571L;

    private static final String TAKE_OFFICE = """
        INSERT INTO events.leader (holder, term, beats) VALUES (?, 1, 0)
        ON CONFLICT (one) DO UPDATE SET holder = excluded.holder, term = leader.term + 1, beats = leader.beats + 1
        RETURNING term""";

    private final String holder;
    private final long leaseNanos;
    private String seen = "";
    private long seenSince;

    Election(String holder, Duration lease) {
        this.holder = holder;
        this.leaseNanos = lease.toNanos();
    }

    /** Whether this session leads now. */
    boolean win(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT pg_try_advisory_lock(" + LOCK + ")")) {
                row.next();
                if (!row.getBoolean(1)) {
                    watch(connection);
                    return false;
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(TAKE_OFFICE)) {
            statement.setString(1, holder);
            statement.execute();
        }
        return true;
    }

    /** For the leader, several times in a lease. */
    void beat(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE events.leader SET beats = beats + 1 WHERE holder = ?")) {
            statement.setString(1, holder);
            if (statement.executeUpdate() != 1) {
                throw new SQLException("another sequencer took office", "08000");
            }
        }
    }

    private void watch(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT holder, beats FROM events.leader")) {
            String sign = row.next() ? row.getString(1) + ' ' + row.getLong(2) : "";
            long now = System.nanoTime();
            if (!sign.equals(seen)) {
                seen = sign;
                seenSince = now;
            } else if (!sign.isEmpty() && now - seenSince > leaseNanos) {
                endSession(connection, row.getString(1));
                seenSince = now;
            }
        }
    }

    private static void endSession(Connection connection, String application) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT events.end_session(?)")) {
            statement.setString(1, application);
            statement.execute();
        }
    }
}
