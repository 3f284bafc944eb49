package io.gatewright.events;

import io.gatewright.events.CursorTable.Cursor;
import io.gatewright.events.LogReader.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a lane that stood still on from its pointer, in order, until it has caught up or fails again. One thread at a time.
 *
 * <p>Its events lie anywhere between the pointer and the cursor; all events in between are read to find them.
 */
final class LaneRetry {
    private final Connection connection;
    private final Consumer consumer;
    private final String owner;
    private final Lanes lanes;
    private final Map<Integer, Cursor> held;

    LaneRetry(Connection connection, Consumer consumer, String owner, Lanes lanes, Map<Integer, Cursor> held) {
        this.connection = connection;
        this.consumer = consumer;
        this.owner = owner;
        this.lanes = lanes;
        this.held = held;
    }

    void run() throws SQLException {
        for (Parked parked : lanes.due()) {
            follow(parked);
        }
    }

    /** Remembers a lane that failed this often. */
    void standing(Lane lane, long position, int attempts, boolean dead, String reason) {
        long due = System.nanoTime()
                + consumer.retry().delay(Math.max(1, attempts)).toNanos();
        lanes.put(new Parked(lane, position, 1, attempts, dead, reason, Instant.EPOCH), due);
    }

    private void follow(Parked parked) throws SQLException {
        Lane lane = parked.lane();
        Cursor cursor = held.get(lane.partition());
        if (cursor == null) {
            lanes.free(lane);
            return;
        }
        LogReader reader = new LogReader(connection, consumer.topics());
        int attempts = parked.attempts();
        for (long from = parked.position(); from < cursor.position(); ) {
            List<Row> rows = reader.read(from, Math.toIntExact(Math.min(cursor.position() - from, 1000)));
            if (rows.isEmpty()) {
                break;
            }
            for (Row row : rows) {
                if (row.text() != null && lane.equals(new Lane(row.partition(), row.tenant(), row.key()))) {
                    String failure = handle(lane, cursor, row);
                    if (failure != null) {
                        failedAgain(lane, cursor, row.offset(), attempts + 1, failure);
                        return;
                    }
                    attempts = 0;
                }
            }
            from = rows.getLast().offset() + 1;
        }
        caughtUp(lane, cursor);
    }

    /** Null when it worked. */
    private @Nullable String handle(Lane lane, Cursor cursor, Row row) throws SQLException {
        connection.setAutoCommit(false);
        try {
            lock(cursor);
            if (ParkedTable.pass(connection, consumer.name(), lane, row.offset(), false)) {
                consumer.handler().handle(connection, event(row, consumer));
            }
            Transactions.commit(connection);
            return null;
        } catch (Exception e) {
            if (e instanceof LostPartition lost) {
                connection.rollback();
                throw lost;
            }
            Transactions.rollbackOrThrow(connection, e);
            return String.valueOf(e);
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void failedAgain(Lane lane, Cursor cursor, long offset, int attempts, String reason) throws SQLException {
        boolean dead = attempts >= consumer.retry().attempts();
        inTransaction(cursor, () -> ParkedTable.failed(connection, consumer.name(), lane, offset, dead, reason));
        standing(lane, offset, attempts, dead, reason);
    }

    /** Nothing of the lane is left before the cursor; the row is gone already, unless what it counted was dropped. */
    private void caughtUp(Lane lane, Cursor cursor) throws SQLException {
        inTransaction(cursor, () -> ParkedTable.remove(connection, consumer.name(), lane));
        lanes.free(lane);
    }

    /** A statement on a table. */
    private interface Step {
        void run() throws SQLException;
    }

    private void inTransaction(Cursor cursor, Step step) throws SQLException {
        connection.setAutoCommit(false);
        try {
            lock(cursor);
            step.run();
            Transactions.commit(connection);
        } catch (SQLException e) {
            Transactions.rollbackOrThrow(connection, e);
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void lock(Cursor cursor) throws SQLException {
        if (!CursorTable.lock(connection, consumer.name(), owner, cursor)) {
            throw new LostPartition();
        }
    }

    static Event event(Row row, Consumer consumer) {
        String text = row.text() == null ? "" : row.text();
        var upcast = consumer.upcast();
        return new Event(
                row.epoch(),
                row.partition(),
                row.partitionOffset(),
                row.offset(),
                row.topic(),
                upcast == null ? text : upcast.apply(CloudEvent.parse(text)).text());
    }
}
