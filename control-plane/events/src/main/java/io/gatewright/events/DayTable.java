package io.gatewright.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** The partitions of {@code events.log}, one a day (UTC). The connection is the owner's, in auto-commit. */
final class DayTable {
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("'log_'uuuuMMdd");

    // Compared by name: a condition that reads the day out of it may be asked about tables that have none.
    private static final String OLDER_THAN = """
        SELECT to_date(substr(c.relname, 5), 'YYYYMMDD') AS day
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'events.log'::regclass AND c.relname ~ '^log_[0-9]{8}$'
            AND c.relname <= 'log_' || to_char(
                (clock_timestamp() - ? * interval '1 second') AT TIME ZONE 'UTC' - interval '1 day', 'YYYYMMDD')
        ORDER BY day""";

    private static final String BEGUN = """
        SELECT c.relname, i.inhrelid IS NULL FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
        WHERE c.relnamespace = 'events'::regnamespace AND c.relkind = 'r' AND c.relname ~ '^log_[0-9]{8}$'
            AND (i.inhrelid IS NULL OR i.inhdetachpending)""";

    /* A tick with an event of the day began before the day's end, by the day's own clock. */
    private static final String END = """
        SELECT coalesce(max(base + n), 0) FROM events.tick
        WHERE oldest < (?::date + 1)::timestamp AT TIME ZONE 'UTC'""";

    private static final String WHO = """
        SELECT 'the consumer ' || consumer || ' stands at offset ' || min(position) FROM events.cursor
        WHERE position < ? GROUP BY consumer
        UNION ALL
        SELECT 'the consumer ' || consumer || ' has keys parked from offset ' || min(position) || ' on' FROM events.parked
        WHERE position < ? GROUP BY consumer""";

    private static final String FORGET_TICKS = """
        DELETE FROM events.tick WHERE id < (
            SELECT max(id) FROM events.tick WHERE totals IS NOT NULL AND base < (SELECT position FROM events.kept))""";

    private DayTable() {}

    /**
     * What speaks against dropping a day.
     *
     * @param end the first offset after all ticks that have events of the day
     */
    record Need(long end, boolean unsequenced, List<String> who) {
        List<String> reasons(LocalDate day) {
            List<String> reasons = new ArrayList<>();
            if (unsequenced) {
                reasons.add(day + ": it has events without an offset, the sequencer must run first");
            }
            who.forEach(reason -> reasons.add(day + ": " + reason + ", its end is " + end));
            return reasons;
        }
    }

    static List<LocalDate> olderThan(Connection connection, Duration age) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OLDER_THAN)) {
            statement.setLong(1, age.toSeconds());
            try (ResultSet row = statement.executeQuery()) {
                List<LocalDate> days = new ArrayList<>();
                while (row.next()) {
                    days.add(row.getObject(1, LocalDate.class));
                }
                return days;
            }
        }
    }

    /** A detach that was interrupted, or a detached day that was not dropped. */
    static void finishWhatWasBegun(Connection connection) throws SQLException {
        List<String> statements = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(BEGUN)) {
                while (row.next()) {
                    String name = row.getString(1);
                    if (!row.getBoolean(2)) {
                        statements.add("ALTER TABLE events.log DETACH PARTITION events." + name + " FINALIZE");
                    }
                    statements.add("DROP TABLE events." + name);
                }
            }
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static Need need(Connection connection, LocalDate day) throws SQLException {
        long end;
        try (PreparedStatement statement = connection.prepareStatement(END)) {
            statement.setObject(1, day);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                end = row.getLong(1);
            }
        }
        List<String> who = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(WHO)) {
            statement.setLong(1, end);
            statement.setLong(2, end);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    who.add(row.getString(1));
                }
            }
        }
        return new Need(end, unsequenced(connection, NAME.format(day)), who);
    }

    /** Has everybody who stands before this offset go on from it. */
    static void leaveBehind(Connection connection, long offset) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT events.leave_behind(?)")) {
            statement.setLong(1, offset);
            statement.execute();
        }
    }

    /** False when the day got events meanwhile; then it stays. */
    static boolean drop(Connection connection, LocalDate day, long end) throws SQLException {
        String name = NAME.format(day);
        try (Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE events.log DETACH PARTITION events." + name + " CONCURRENTLY");
            if (unsequenced(connection, name)) {
                statement.execute("ALTER TABLE events.log ATTACH PARTITION events." + name + " FOR VALUES FROM ('" + day
                        + " 00:00:00+00') TO ('" + day.plusDays(1) + " 00:00:00+00')");
                return false;
            }
            statement.execute("DROP TABLE events." + name);
            statement.execute("UPDATE events.kept SET position = greatest(position, " + end + ")");
            statement.execute(FORGET_TICKS);
        }
        return true;
    }

    private static boolean unsequenced(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                    SELECT EXISTS (SELECT FROM events.%s l WHERE l.seq > coalesce(
                            (SELECT floor_seq FROM events.epoch ORDER BY number DESC LIMIT 1), 0)
                        AND NOT coalesce(pg_visible_in_snapshot(l.xid,
                            (SELECT t.snap FROM events.tick t WHERE t.epoch = (SELECT max(number) FROM events.epoch)
                                ORDER BY t.id DESC LIMIT 1)), false))""".formatted(name))) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
