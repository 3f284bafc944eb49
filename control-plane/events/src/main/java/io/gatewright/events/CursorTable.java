package io.gatewright.events;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** {@code events.cursor}: how far each partition is, and whose it is. */
final class CursorTable {
    private static final String OF = """
        SELECT part, epoch, position, passed, owner, fence FROM events.cursor WHERE consumer = ? ORDER BY part""";

    /* Whoever holds a row's lock is at work on the partition: it is left to them, however long they were not heard. */
    private static final String TAKE = """
        UPDATE events.cursor c SET owner = ?, fence = c.fence + 1 FROM (
            SELECT part FROM events.cursor
            WHERE consumer = ? AND part = ANY (?) AND (owner IS NULL OR owner <> ALL (?)) FOR UPDATE SKIP LOCKED
        ) f WHERE c.consumer = ? AND c.part = f.part""";

    private static final String RELEASE =
            "UPDATE events.cursor SET owner = NULL WHERE consumer = ? AND owner = ? AND part = ANY (?)";

    /*
     * The arrays have a place for every partition. A join with the rows to move would be shorter to read, but then the planner
     * visits all rows of the consumer, and while a long transaction runs, every row drags all its versions along.
     */
    private static final String ADVANCE = """
        UPDATE events.cursor c SET epoch = (?::bigint[])[c.part + 1], position = (?::bigint[])[c.part + 1],
            passed = (?::bigint[])[c.part + 1]
        WHERE c.consumer = ? AND c.part = ANY (?::smallint[]) AND c.fence = (?::bigint[])[c.part + 1] AND c.owner = ?""";

    private static final String LOCK =
            "SELECT FROM events.cursor WHERE consumer = ? AND part = ? AND fence = ? AND owner = ? FOR UPDATE";

    private CursorTable() {}

    /**
     * Where a partition is.
     *
     * @param position the first offset not done
     * @param passed how many events of the partition lie before it
     * @param owner null when nobody has it
     * @param fence rises whenever somebody takes it
     */
    record Cursor(
            int partition,
            int epoch,
            long position,
            long passed,
            @Nullable String owner,
            long fence) {}

    static List<Cursor> of(Connection connection, String consumer) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OF)) {
            statement.setString(1, consumer);
            try (ResultSet row = statement.executeQuery()) {
                List<Cursor> cursors = new ArrayList<>(Partition.COUNT);
                while (row.next()) {
                    cursors.add(new Cursor(
                            row.getInt(1),
                            row.getInt(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getString(5),
                            row.getLong(6)));
                }
                return cursors;
            }
        }
    }

    /** Takes those of the partitions that nobody alive owns and nobody works on. */
    static void take(
            Connection connection,
            String consumer,
            String owner,
            Collection<Integer> partitions,
            Collection<String> alive)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setString(1, owner);
            statement.setString(2, consumer);
            statement.setArray(3, connection.createArrayOf("smallint", partitions.toArray()));
            statement.setArray(4, connection.createArrayOf("text", alive.toArray()));
            statement.setString(5, consumer);
            statement.executeUpdate();
        }
    }

    static void release(Connection connection, String consumer, String owner, Collection<Integer> partitions)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RELEASE)) {
            statement.setString(1, consumer);
            statement.setString(2, owner);
            statement.setArray(3, connection.createArrayOf("smallint", partitions.toArray()));
            statement.executeUpdate();
        }
    }

    /** Moves the cursors and locks them for this transaction; false when one of them has been taken away. */
    static boolean advance(Connection connection, String consumer, String owner, Collection<Cursor> cursors)
            throws SQLException {
        Object[] parts = cursors.stream().map(Cursor::partition).toArray();
        try (PreparedStatement statement = connection.prepareStatement(ADVANCE)) {
            statement.setArray(1, byPartition(connection, cursors, Cursor::epoch));
            statement.setArray(2, byPartition(connection, cursors, Cursor::position));
            statement.setArray(3, byPartition(connection, cursors, Cursor::passed));
            statement.setString(4, consumer);
            statement.setArray(5, connection.createArrayOf("smallint", parts));
            statement.setArray(6, byPartition(connection, cursors, Cursor::fence));
            statement.setString(7, owner);
            return statement.executeUpdate() == cursors.size();
        }
    }

    /** Locks a cursor for this transaction; false when it has been taken away. */
    static boolean lock(Connection connection, String consumer, String owner, Cursor cursor) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
            statement.setString(1, consumer);
            statement.setShort(2, (short) cursor.partition());
            statement.setLong(3, cursor.fence());
            statement.setString(4, owner);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private static Array byPartition(Connection connection, Collection<Cursor> cursors, ToLongFunction<Cursor> value)
            throws SQLException {
        long[] values = new long[Partition.COUNT];
        for (Cursor cursor : cursors) {
            values[cursor.partition()] = value.applyAsLong(cursor);
        }
        return connection.unwrap(PGConnection.class).createArrayOf("bigint", values);
    }
}
