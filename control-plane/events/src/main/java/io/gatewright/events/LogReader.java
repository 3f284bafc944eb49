package io.gatewright.events;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the log in the order of offsets. One thread at a time; the connection may be in auto-commit or in a transaction. */
final class LogReader {
    /** How many rows can be read at once. */
    static final int MOST = 5000;

    private static final String PAGE =
            "SELECT base, id, n, epoch, parts, part_base, part, topic, tenant, key, body FROM events.page(?, ?, ?)";

    private static final int PART = 7; // the column from which on it is an event

    private static final String SLICE =
            "SELECT seq, part, topic, tenant, key, CASE WHEN coalesce(topic = ANY (?), true) THEN body END"
                    + " FROM events.slice(?, ?, ?)";

    private static final String BOUNDS = """
        SELECT coalesce(t.epoch, 0), k.position, coalesce(t.base + t.n, 0) FROM events.kept k
        LEFT JOIN (SELECT epoch, base, n FROM events.tick ORDER BY id DESC LIMIT 1) t ON true""";

    private static final String FIRST_AFTER_EPOCH = "SELECT base FROM events.tick WHERE epoch > ? ORDER BY id LIMIT 1";

    private final Connection connection;
    private final @Nullable Array topics;
    private final Array nothing;
    private @Nullable TickRows sliced; // where the last slice ended
    private long lastSeq; // of the last slice

    /** @param topics of which the events are wanted, null for all; of others only the place is read */
    LogReader(Connection connection, @Nullable List<String> topics) throws SQLException {
        this.connection = connection;
        this.nothing = connection.createArrayOf("text", new Object[0]);
        this.topics = topics == null ? null : connection.createArrayOf("text", topics.toArray());
    }

    static EventPages.Bounds bounds(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(BOUNDS)) {
            row.next();
            return new EventPages.Bounds(row.getInt(1), row.getLong(2), row.getLong(3));
        }
    }

    /** The offset with which the epochs after that one begin; the largest there is while there is none. */
    static long firstAfterEpoch(Connection connection, int epoch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIRST_AFTER_EPOCH)) {
            statement.setInt(1, epoch);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : Long.MAX_VALUE;
            }
        }
    }

    /**
     * A row of the log.
     *
     * @param text null when its topic is not wanted
     */
    record Row(
            int epoch,
            int partition,
            long partitionOffset,
            long offset,
            String topic,
            String tenant,
            String key,
            @Nullable String text) {}

    /** The rows from this offset on, without gaps, at most {@code most} (1 to 5000); none only when there are no more. */
    List<Row> read(long from, int most) throws SQLException {
        TickRows begun = sliced;
        if (begun != null && begun.next() == from && !begun.complete()) {
            return slice(begun, most, topics);
        }
        List<Row> rows = new ArrayList<>();
        TickRows first = page(from, most, rows);
        return first == null ? rows : firstSlice(first, from, most);
    }

    /** The tick around the offset when it has to be read in slices; null when the rows are read. */
    private @Nullable TickRows page(long from, int most, List<Row> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PAGE)) {
            statement.setLong(1, from);
            statement.setInt(2, most);
            statement.setArray(3, topics);
            try (ResultSet row = statement.executeQuery()) {
                Deque<TickRows> ticks = new ArrayDeque<>();
                while (row.next()) {
                    row.getShort(PART);
                    if (row.wasNull()) {
                        ticks.add(new TickRows(row));
                    } else {
                        rows.add(next(ticks, row));
                    }
                }
                return unread(ticks, rows);
            }
        }
    }

    private static Row next(Deque<TickRows> ticks, ResultSet row) throws SQLException {
        TickRows tick = ticks.element();
        if (row.getLong(1) != tick.base()) {
            throw missing(tick.next());
        }
        Row taken = tick.take(
                row.getInt(PART),
                row.getString(PART + 1),
                row.getString(PART + 2),
                row.getString(PART + 3),
                row.getString(PART + 4));
        if (tick.complete()) {
            ticks.remove();
        }
        return taken;
    }

    private static @Nullable TickRows unread(Deque<TickRows> ticks, List<Row> rows) {
        TickRows tick = ticks.peek();
        if (tick != null && !rows.isEmpty()) {
            throw missing(tick.next());
        }
        return tick;
    }

    private List<Row> firstSlice(TickRows tick, long from, int most) throws SQLException {
        sliced = tick;
        lastSeq = Long.MIN_VALUE;
        while (tick.next() < from) {
            slice(tick, Math.toIntExact(Math.min(MOST, from - tick.next())), nothing);
        }
        return slice(tick, most, topics);
    }

    private List<Row> slice(TickRows tick, int most, @Nullable Array wanted) throws SQLException {
        List<Row> rows = new ArrayList<>(most);
        long end = Math.min(tick.next() + most, tick.end());
        try (PreparedStatement statement = connection.prepareStatement(SLICE)) {
            statement.setArray(1, wanted);
            statement.setLong(2, tick.id());
            statement.setLong(3, lastSeq);
            statement.setInt(4, Math.toIntExact(end - tick.next()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    lastSeq = row.getLong(1);
                    rows.add(tick.take(
                            row.getInt(2), row.getString(3), row.getString(4), row.getString(5), row.getString(6)));
                }
            }
        }
        if (tick.next() != end) {
            throw missing(tick.next());
        }
        return rows;
    }

    static EventsException missing(long offset) {
        return new EventsException("The log has no event with the offset " + offset
                + " any more, although a tick counts it: its day was dropped, or rows were deleted by hand");
    }
}
