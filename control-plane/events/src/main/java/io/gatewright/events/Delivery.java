package io.gatewright.events;

import io.gatewright.events.CursorTable.Cursor;
import io.gatewright.events.LogReader.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives a member its events, in the order of the log. One thread at a time, on one connection beside that of the reads.
 *
 * <p>A transaction first moves the cursors, which locks them and proves that they are still this member's, then calls the
 * handler. So effect and cursor commit together, and whoever takes a partition over waits for the transaction to end.
 */
final class Delivery {
    private final Connection connection;
    private final Consumer consumer;
    private final String owner;
    private final ReadAhead reads;
    private final Lanes lanes = new Lanes();
    private final Map<Integer, Cursor> held = new TreeMap<>();
    private final LaneRetry retry;
    private long next; // the offset to read from
    private long swept = -1; // the value of next that all cursors have at least

    Delivery(Connection connection, ReadAhead reads, Consumer consumer, String owner) {
        this.connection = connection;
        this.consumer = consumer;
        this.owner = owner;
        this.reads = reads;
        this.retry = new LaneRetry(connection, consumer, owner, lanes, held);
    }

    /**
     * The failure of one event of a range.
     *
     * @param index {@link #COMMIT} when it was the commit and so may be the fault of any
     */
    private record Failure(int index, String reason) {
        static final int COMMIT = -1;
    }

    /** Takes over what the tables say: which partitions are this member's, from where, and which lanes stand still. */
    void load() throws SQLException {
        Map<Integer, Cursor> before = new HashMap<>(held);
        held.clear();
        long from = Long.MAX_VALUE;
        for (Cursor cursor : CursorTable.of(connection, consumer.name())) {
            if (owner.equals(cursor.owner())) {
                Cursor known = before.get(cursor.partition());
                if (known != null && known.fence() == cursor.fence()) {
                    held.put(cursor.partition(), known);
                    from = Math.min(from, Math.max(next, known.position()));
                } else {
                    held.put(cursor.partition(), cursor);
                    from = Math.min(from, cursor.position());
                }
            }
        }
        next = held.isEmpty() ? 0 : from;
        lanes.load(ParkedTable.of(connection, consumer.name()), held.keySet());
    }

    Map<Integer, Cursor> held() {
        return held;
    }

    /** The offset that it reads from next. */
    long next() {
        return next;
    }

    /** Tries lanes again whose time has come. */
    void retry() throws SQLException {
        retry.run();
    }

    /** Until a lane is to be tried again. */
    long untilRetry(long most) {
        return lanes.untilDue(most);
    }

    /** The next page, also with events of other topics and partitions; empty when there is nothing. */
    List<Row> look() throws SQLException {
        return held.isEmpty() ? List.of() : reads.rows(next);
    }

    /** Handles a page. */
    void page(List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        Cursor[] cursors = new Cursor[Partition.COUNT];
        held.forEach((partition, cursor) -> cursors[partition] = cursor);
        List<Row> wanted = new ArrayList<>(rows.size());
        for (Row row : rows) {
            Cursor cursor = cursors[row.partition()];
            if (cursor != null && row.offset() >= cursor.position() && row.text() != null) {
                wanted.add(row);
            }
        }
        handle(wanted);
        lastOfPartitions(rows).forEach(this::passed);
        next = rows.getLast().offset() + 1;
    }

    /** Writes down positions that only this member knows: partitions without events of the topics move on too. */
    void sweep() throws SQLException {
        if (next == swept || held.isEmpty()) {
            return;
        }
        held.replaceAll((partition, cursor) -> new Cursor(
                partition, cursor.epoch(), Math.max(cursor.position(), next), cursor.passed(), owner, cursor.fence()));
        if (!CursorTable.advance(connection, consumer.name(), owner, held.values())) {
            throw new LostPartition();
        }
        swept = next;
    }

    private void passed(Row row) {
        held.computeIfPresent(
                row.partition(),
                (partition, cursor) -> row.offset() < cursor.position() ? cursor : behind(row, cursor));
    }

    private static List<Row> lastOfPartitions(List<Row> rows) {
        Row[] last = new Row[Partition.COUNT];
        for (Row row : rows) {
            last[row.partition()] = row;
        }
        return Stream.of(last).filter(Objects::nonNull).toList();
    }

    private Cursor behind(Row row, Cursor cursor) {
        return new Cursor(
                row.partition(), row.epoch(), row.offset() + 1, row.partitionOffset() + 1, owner, cursor.fence());
    }

    /** All of them, in transactions as large as failures allow. */
    private void handle(List<Row> rows) throws SQLException {
        int start = 0;
        int end = Math.min(rows.size(), consumer.batch());
        int failedBefore = -1;
        String reason = "";
        while (start < rows.size()) {
            Failure failure = start == failedBefore ? new Failure(start, reason) : transact(rows, start, end);
            if (failure == null) {
                start = end;
                end = Math.min(rows.size(), start + consumer.batch());
            } else if (failure.index() == Failure.COMMIT && end - start > 1) {
                end = start + 1;
            } else if (failure.index() == start || failure.index() == Failure.COMMIT) {
                block(rows.get(start), failure.reason());
                start++;
                end = Math.min(rows.size(), start + consumer.batch());
            } else {
                end = failure.index();
                failedBefore = failure.index();
                reason = failure.reason();
            }
        }
    }

    private @Nullable Failure transact(List<Row> rows, int start, int end) throws SQLException {
        connection.setAutoCommit(false);
        int at = start;
        try {
            Map<Integer, Cursor> moved = advance(rows.subList(start, end));
            Map<Lane, long[]> queued = new LinkedHashMap<>();
            for (; at < end; at++) {
                Row row = rows.get(at);
                if (!lanes.none() && lanes.blocked(lane(row))) {
                    queued.computeIfAbsent(lane(row), first -> new long[] {row.offset(), 0})[1]++;
                } else {
                    consumer.handler().handle(connection, event(row));
                }
            }
            for (Map.Entry<Lane, long[]> entry : queued.entrySet()) {
                long[] line = entry.getValue();
                ParkedTable.park(connection, consumer.name(), entry.getKey(), line[0], line[1], 0, false, "queued");
            }
            at = Failure.COMMIT;
            Transactions.commit(connection);
            held.putAll(moved);
            return null;
        } catch (Exception e) {
            return failed(e, at);
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private Failure failed(Exception e, int index) throws SQLException {
        if (e instanceof LostPartition lost) {
            connection.rollback();
            throw lost;
        }
        Transactions.rollbackOrThrow(connection, e);
        return new Failure(index, String.valueOf(e));
    }

    private void block(Row row, String reason) throws SQLException {
        boolean dead = consumer.retry().attempts() <= 1;
        Lane lane = lane(row);
        connection.setAutoCommit(false);
        try {
            Map<Integer, Cursor> moved = advance(List.of(row));
            ParkedTable.park(connection, consumer.name(), lane, row.offset(), 1, 1, dead, reason);
            Transactions.commit(connection);
            held.putAll(moved);
        } catch (SQLException e) {
            Transactions.rollbackOrThrow(connection, e);
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
        retry.standing(lane, row.offset(), 1, dead, reason);
    }

    private Map<Integer, Cursor> advance(List<Row> rows) throws SQLException {
        Map<Integer, Cursor> moved = new TreeMap<>();
        for (Row row : lastOfPartitions(rows)) {
            moved.put(row.partition(), behind(row, held(row.partition())));
        }
        if (!CursorTable.advance(connection, consumer.name(), owner, moved.values())) {
            throw new LostPartition();
        }
        return moved;
    }

    private Cursor held(int partition) throws LostPartition {
        Cursor cursor = held.get(partition);
        if (cursor == null) {
            throw new LostPartition();
        }
        return cursor;
    }

    private Event event(Row row) {
        return LaneRetry.event(row, consumer);
    }

    private static Lane lane(Row row) {
        return new Lane(row.partition(), row.tenant(), row.key());
    }
}
