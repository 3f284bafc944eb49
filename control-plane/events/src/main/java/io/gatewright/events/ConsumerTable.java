package io.gatewright.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code events.consumer}, and questions about a consumer's place in the log. */
final class ConsumerTable {
    private static final String PLACE = """
        SELECT n."offset", n.tenant, n.key FROM (
            SELECT base, n FROM events.tick
            WHERE pg_snapshot_xmax(snap) > ?::xid8 AND pg_visible_in_snapshot(?::xid8, snap)
            ORDER BY pg_snapshot_xmax(snap), id LIMIT 1
        ) t, events.numbered(t.base, t.n) n WHERE n.seq = ?""";

    private static final String PASSED = """
        SELECT c.position > ?, EXISTS (
            SELECT FROM events.parked p WHERE p.consumer = c.consumer AND p.part = c.part AND p.tenant = ? AND p.key = ?
                AND p.position <= ?)
        FROM events.cursor c WHERE c.consumer = ? AND c.part = ?""";

    private ConsumerTable() {}

    /** An event's place. */
    record Place(long offset, String tenant, String key) {}

    static List<String> names(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT name FROM events.consumer ORDER BY name")) {
            List<String> names = new ArrayList<>();
            while (row.next()) {
                names.add(row.getString(1));
            }
            return names;
        }
    }

    /** Empty while no tick has the event. */
    static Optional<Place> place(Connection connection, Token token) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PLACE)) {
            statement.setString(1, Long.toString(token.xid()));
            statement.setString(2, Long.toString(token.xid()));
            statement.setLong(3, token.seq());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Place(row.getLong(1), row.getString(2), row.getString(3)))
                        : Optional.empty();
            }
        }
    }

    /** Null while the consumer has not come to it, false when the event waits behind a parked key. */
    static @Nullable Boolean handled(Connection connection, String consumer, int partition, Place place)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PASSED)) {
            statement.setLong(1, place.offset());
            statement.setString(2, place.tenant());
            statement.setString(3, place.key());
            statement.setLong(4, place.offset());
            statement.setString(5, consumer);
            statement.setShort(6, (short) partition);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new EventsException("There is no consumer " + consumer + ": start its subscription first");
                }
                return row.getBoolean(1) ? (Boolean) !row.getBoolean(2) : null;
            }
        }
    }

    static boolean rewind(Connection connection, String consumer, Instant from) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT events.rewind(?, ?)")) {
            statement.setString(1, consumer);
            statement.setObject(2, from.atOffset(ZoneOffset.UTC));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    static int remove(Connection connection, String consumer) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM events.consumer WHERE name = ?")) {
            statement.setString(1, consumer);
            return statement.executeUpdate();
        }
    }
}
