package io.gatewright.events;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the log in the order of offsets. One thread at a time; the connection may be in auto-commit or in a transaction. */
final class LogReader {
    /** Ticks with more events than this are read in slices. */
    static final int LARGE = 5000;

    private static final String NUMBERED = """
        SELECT "offset", epoch, part, part_offset, topic, tenant, key, CASE WHEN coalesce(topic = ANY (?), true) THEN body END
        FROM events.numbered(?, ?, ?)""";

    private static final String TICK_AT = """
        SELECT id, epoch, base, n, parts, part_base FROM events.tick
        WHERE base <= ? AND base + n > ? AND n > ? AND seqs IS NULL ORDER BY base DESC LIMIT 1""";

    private static final String SLICE =
            "SELECT seq, part, topic, tenant, key, CASE WHEN coalesce(topic = ANY (?), true) THEN body END"
                    + " FROM events.slice(?, ?, ?)";

    private static final String BOUNDS = """
        SELECT coalesce(t.epoch, 0), k.position, coalesce(t.base + t.n, 0) FROM events.kept k
        LEFT JOIN (SELECT epoch, base, n FROM events.tick ORDER BY id DESC LIMIT 1) t ON true""";

    private static final String FIRST_AFTER_EPOCH = "SELECT base FROM events.tick WHERE epoch > ? ORDER BY id LIMIT 1";

    private final Connection connection;
    private final @Nullable Array topics;
    private @Nullable Large large; // where the last slice ended

    /** @param topics of which the events are wanted, null for all; of others only the place is read */
    LogReader(Connection connection, @Nullable List<String> topics) throws SQLException {
        this.connection = connection;
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

    /** A tick that is read in slices. */
    private static final class Large {
        final long tick;
        final int epoch;
        final long end;
        final long[] partNext = new long[Partition.COUNT];
        long next;
        long lastSeq = Long.MIN_VALUE;

        Large(ResultSet row) throws SQLException {
            tick = row.getLong(1);
            epoch = row.getInt(2);
            next = row.getLong(3);
            end = next + row.getInt(4);
            Number[] parts = (Number[]) row.getArray(5).getArray();
            Number[] bases = (Number[]) row.getArray(6).getArray();
            for (int i = 0; i < parts.length; i++) {
                partNext[parts[i].intValue()] = bases[i].longValue();
            }
        }
    }

    /** The rows from this offset on, without gaps; fewer than there are when {@code most} (1 to 5000) is reached. */
    List<Row> read(long from, int most) throws SQLException {
        if (large != null && large.next == from && from < large.end) {
            return slice(large, most);
        }
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(NUMBERED)) {
            statement.setArray(1, topics);
            statement.setLong(2, from);
            statement.setInt(3, most);
            statement.setInt(4, LARGE);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(new Row(
                            row.getInt(2),
                            row.getInt(3),
                            row.getLong(4),
                            row.getLong(1),
                            row.getString(5),
                            row.getString(6),
                            row.getString(7),
                            row.getString(8)));
                }
            }
        }
        requireDense(from, rows);
        return rows.isEmpty() ? firstSlice(from, most) : rows;
    }

    private List<Row> firstSlice(long from, int most) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TICK_AT)) {
            statement.setLong(1, from);
            statement.setLong(2, from);
            statement.setInt(3, LARGE);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return List.of();
                }
                large = new Large(row);
            }
        }
        while (large.next + LARGE <= from) {
            slice(large, LARGE);
        }
        if (large.next < from) {
            slice(large, Math.toIntExact(from - large.next));
        }
        return slice(large, most);
    }

    private List<Row> slice(Large tick, int most) throws SQLException {
        List<Row> rows = new ArrayList<>(most);
        int wanted = Math.toIntExact(Math.min(most, tick.end - tick.next));
        try (PreparedStatement statement = connection.prepareStatement(SLICE)) {
            statement.setArray(1, topics);
            statement.setLong(2, tick.tick);
            statement.setLong(3, tick.lastSeq);
            statement.setInt(4, wanted);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    int part = row.getInt(2);
                    tick.lastSeq = row.getLong(1);
                    rows.add(new Row(
                            tick.epoch,
                            part,
                            tick.partNext[part]++,
                            tick.next++,
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6)));
                }
            }
        }
        if (rows.size() != wanted) {
            throw missing(tick.next);
        }
        return rows;
    }

    private static void requireDense(long from, List<Row> rows) {
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).offset() != from + i) {
                throw missing(from + i);
            }
        }
    }

    private static EventsException missing(long offset) {
        return new EventsException("The log has no event with the offset " + offset
                + " any more, although a tick counts it: its day was dropped, or rows were deleted by hand");
    }
}
