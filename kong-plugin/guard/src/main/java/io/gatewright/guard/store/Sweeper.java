package io.gatewright.guard.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Keeps the tables small: prepares the hours to come, drops those that are over, removes claims nobody can ask for, counts
 * for quotas. Has no thread; call {@link #sweep} every minute, from any number of processes. Thread-safe.
 */
public final class Sweeper {
    private static final int HOURS_AHEAD = 3;
    private static final int BATCH = 5_000;
    private static final int MOST_BATCHES = 100;

    private final DataSource connections;

    public Sweeper(DataSource connections) {
        this.connections = connections;
    }

    /**
     * What one sweep did.
     *
     * @param claims removed
     * @param hours of answers dropped
     */
    public record Swept(int claims, int hours) {}

    /** One round. It stops after half a million claims; the next one goes on. */
    public Swept sweep() throws SQLException {
        try (Connection connection = connections.getConnection()) {
            call(connection, "SELECT idempotency.prepare_hours(?)", HOURS_AHEAD);
            int claims = 0;
            for (int batch = 0; batch < MOST_BATCHES; batch++) {
                int gone = call(connection, "SELECT idempotency.expire(?)", BATCH);
                claims += gone;
                if (gone < BATCH) {
                    break;
                }
            }
            int hours = call(connection, "SELECT idempotency.drop_hours() WHERE ? > 0", 1);
            call(connection, "SELECT idempotency.count_usage() WHERE ? > 0", 1);
            return new Swept(claims, hours);
        }
    }

    private static int call(Connection connection, String sql, int argument) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, argument);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getObject(1) instanceof Integer number ? number : 0;
            }
        }
    }
}
