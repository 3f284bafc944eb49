package io.gatewright.events;

import io.gatewright.events.LogReader.Row;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Gives the rows of one tick, which come in their order, their offsets. One thread at a time. */
final class TickRows {
    private final long base;
    private final long id;
    private final long end;
    private final int epoch;
    private final long[] partNext = new long[Partition.COUNT];
    private long next;

    /** Of columns 1 to 6 of {@code events.page}. */
    TickRows(ResultSet row) throws SQLException {
        this.base = row.getLong(1);
        this.id = row.getLong(2);
        this.end = base + row.getInt(3);
        this.epoch = row.getInt(4);
        this.next = base;
        Number[] parts = (Number[]) row.getArray(5).getArray();
        Number[] bases = (Number[]) row.getArray(6).getArray();
        for (int i = 0; i < parts.length; i++) {
            partNext[parts[i].intValue()] = bases[i].longValue();
        }
    }

    long base() {
        return base;
    }

    long id() {
        return id;
    }

    /** The offset of the row that comes next. */
    long next() {
        return next;
    }

    /** The offset after the last row. */
    long end() {
        return end;
    }

    boolean complete() {
        return next == end;
    }

    Row take(int part, String topic, String tenant, String key, @Nullable String text) {
        return new Row(epoch, part, partNext[part]++, next++, topic, tenant, key, text);
    }
}
