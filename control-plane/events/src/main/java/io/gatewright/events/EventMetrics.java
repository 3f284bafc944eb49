package io.gatewright.events;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * How the log and its consumers are, read at one moment. Immutable. What a process counts by itself stands in {@link
 * Sequencer.Status} (ticks, their time, errors of the publisher) and {@link EventLog#refused}.
 *
 * @param backlog committed events without an offset ({@code outbox_backlog})
 * @param backlogAgeSeconds for how long the oldest of them waits, 0 without ({@code outbox_backlog_age_seconds})
 * @param notifyQueueUsage how full the notification queue of the whole Postgres is, 0 to 1; it fills while a listening
 *     session stays in a transaction, and a full one makes every NOTIFY fail
 */
public record EventMetrics(
        long backlog, double backlogAgeSeconds, double notifyQueueUsage, List<Lag> lags, List<Dead> dead) {
    private static final String LOG = """
        SELECT events, coalesce(extract(epoch FROM clock_timestamp() - since), 0), pg_notification_queue_usage()
        FROM events.backlog()""";

    private static final String LAGS = """
        WITH head AS (
            SELECT w.nth - 1 AS part, w.total FROM (SELECT events.totals_at(coalesce(max(id), 0)) AS totals FROM events.tick) t,
                unnest(t.totals) WITH ORDINALITY AS w (total, nth)
        )
        SELECT c.consumer, c.part, h.total - c.passed, CASE WHEN h.total > c.passed THEN (
                SELECT extract(epoch FROM clock_timestamp() - t.at) FROM events.tick t
                WHERE t.base + t.n > c.position AND c.part = ANY (t.parts) ORDER BY t.base LIMIT 1) END
        FROM events.cursor c JOIN head h ON h.part = c.part ORDER BY c.consumer, c.part""";

    private static final String DEAD = """
        SELECT c.name, coalesce(sum(p.queued), 0), count(p.key), coalesce(sum(p.queued) FILTER (WHERE p.dead), 0)
        FROM events.consumer c LEFT JOIN events.parked p ON p.consumer = c.name GROUP BY c.name ORDER BY c.name""";

    /** Copies the lists. */
    public EventMetrics {
        lags = List.copyOf(lags);
        dead = List.copyOf(dead);
    }

    /**
     * How far a consumer is behind in a partition ({@code consumer_lag}).
     *
     * @param events that have an offset and that it has not passed
     * @param seconds since the first of them got it, 0 without
     */
    public record Lag(String consumer, int partition, long events, double seconds) {}

    /**
     * What stands still for a consumer.
     *
     * @param events that wait in parked lanes ({@code dlq_size})
     * @param keys how many lanes that are
     * @param deadEvents those of them that wait for an operator
     */
    public record Dead(String consumer, long events, long keys, long deadEvents) {}

    /** How many events a consumer is behind in all partitions. */
    public long lag(String consumer) {
        return lags.stream()
                .filter(lag -> lag.consumer().equals(consumer))
                .mapToLong(Lag::events)
                .sum();
    }

    /** For how long the first event that it is behind with has its offset, 0 without. */
    public double lagSeconds(String consumer) {
        return lags.stream()
                .filter(lag -> lag.consumer().equals(consumer))
                .mapToDouble(Lag::seconds)
                .max()
                .orElse(0);
    }

    /** Reads it all; each lag is a subtraction. */
    public static EventMetrics read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            List<Lag> lags = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(LAGS)) {
                while (row.next()) {
                    lags.add(new Lag(row.getString(1), row.getInt(2), row.getLong(3), row.getDouble(4)));
                }
            }
            List<Dead> dead = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(DEAD)) {
                while (row.next()) {
                    dead.add(new Dead(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4)));
                }
            }
            try (ResultSet row = statement.executeQuery(LOG)) {
                row.next();
                return new EventMetrics(row.getLong(1), row.getDouble(2), row.getDouble(3), lags, dead);
            }
        }
    }
}
