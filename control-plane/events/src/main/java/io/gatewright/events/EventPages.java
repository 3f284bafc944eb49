package io.gatewright.events;

import io.gatewright.events.LogReader.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads the log by offset, for who keeps his place himself. Thread-safe. */
public final class EventPages {
    /** The most events of one page. */
    public static final int MOST = 1000;

    private static final int MOST_ROWS = 20_000;
    private static final long MOST_CHARS = 4_000_000;

    private final DataSource dataSource;

    /** @param dataSource connections in the role {@code gatewright_service} */
    public EventPages(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * From where to where the log goes.
     *
     * @param epoch of the newest event, 0 while there is none
     * @param kept the first offset that can be read
     * @param head the offset that the next event gets
     */
    public record Bounds(int epoch, long kept, long head) {
        /** The place of the newest event. */
        public EventPlace end() {
            return new EventPlace(epoch, head - 1);
        }
    }

    /**
     * Some events in order.
     *
     * @param seen the place to go on after; beyond the last event when others of other topics came behind it
     * @param missed whether there were events after the given place that are not kept any more; then there are none here
     */
    public record Page(List<Event> events, EventPlace seen, boolean missed, Bounds bounds) {
        /** Copies the list. */
        public Page {
            events = List.copyOf(events);
        }
    }

    /** Where the log begins and ends now. */
    public Bounds bounds() {
        try (Connection connection = dataSource.getConnection()) {
            return LogReader.bounds(connection);
        } catch (SQLException e) {
            throw EventsException.of("Asking where the event log ends", e);
        }
    }

    /**
     * The events after a place. After a restore or failover that lost what the reader has seen last, it goes on where the
     * next epoch begins.
     *
     * @param most 1 to {@value #MOST}; large events, and many of other topics, make it fewer
     * @param topics null for all
     */
    public Page after(EventPlace place, int most, @Nullable List<String> topics) {
        try (Connection connection = dataSource.getConnection()) {
            Bounds bounds = LogReader.bounds(connection);
            long next = place.offset() + 1;
            if (place.epoch() > 0 && place.epoch() < bounds.epoch()) {
                next = Math.min(next, LogReader.firstAfterEpoch(connection, place.epoch()));
            }
            EventPlace from = new EventPlace(place.epoch() == 0 ? bounds.epoch() : place.epoch(), next - 1);
            if (place.offset() >= 0 && next < bounds.kept()) {
                return new Page(List.of(), from, true, bounds);
            }
            return page(connection, from, Math.max(next, bounds.kept()), most, topics, bounds);
        } catch (SQLException e) {
            throw EventsException.of("Reading the event log", e);
        }
    }

    private static Page page(
            Connection connection, EventPlace from, long first, int most, @Nullable List<String> topics, Bounds bounds)
            throws SQLException {
        LogReader reader = new LogReader(connection, topics);
        List<Event> events = new ArrayList<>();
        EventPlace seen = from;
        long next = first;
        long chars = 0;
        while (next - first < MOST_ROWS && events.size() < most && chars < MOST_CHARS) {
            List<Row> rows = reader.read(next, topics == null ? most : MOST);
            if (rows.isEmpty()) {
                break;
            }
            for (Row row : rows) {
                if (events.size() == most || chars >= MOST_CHARS) {
                    break;
                }
                next = row.offset() + 1;
                seen = new EventPlace(row.epoch(), row.offset());
                if (row.text() != null) {
                    events.add(event(row, row.text()));
                    chars += row.text().length();
                }
            }
        }
        return new Page(events, seen, false, bounds);
    }

    private static Event event(Row row, String text) {
        return new Event(row.epoch(), row.partition(), row.partitionOffset(), row.offset(), row.topic(), text);
    }
}
