package io.gatewright.events;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test with a migrated database of its own, closed and checked for leaks after it. */
class OnDatabase {
    static final Sequencer.Options SWIFT = new Sequencer.Options(
            Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(2), true, Set.of(), 2);

    final EventHistory history = new EventHistory();
    final EventLog log = new EventLog(EventCheck.ANY, null);
    ScratchDatabase database;

    @BeforeEach
    final void create() {
        database = ScratchDatabase.migrated();
    }

    @AfterEach
    final void close() {
        database.close();
    }

    /** Printed, so that a failure can be looked into. */
    final long seed() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return seed;
    }

    final Effects effects(String table) throws SQLException {
        try (Connection owner = database.owner()) {
            return Effects.create(owner, table);
        }
    }

    final Sequencer sequencer() {
        return sequencer(SWIFT);
    }

    final Sequencer sequencer(Sequencer.Options options) {
        Sequencer sequencer = new Sequencer(database::open, options);
        sequencer.start();
        return sequencer;
    }

    final Hints hints() {
        Hints hints = new Hints(database::open, Duration.ofSeconds(5));
        hints.start();
        return hints;
    }

    /** Appends in a transaction of its own. */
    final Token append(CloudEvent event) throws SQLException {
        try (Connection connection = database.open()) {
            return log.append(connection, event);
        }
    }

    final void awaitTicked() {
        Until.holds(
                () -> database.ask("SELECT (SELECT count(*) FROM events.log)"
                                + " = (SELECT coalesce(sum(n), 0) FROM events.tick)")
                        .equals("t"),
                () -> database.ask("SELECT sum(n) FROM events.tick"));
    }

    final void awaitEffects(String table, int count) {
        Until.holds(
                () -> Integer.parseInt(database.ask("SELECT count(*) FROM " + table)) >= count,
                () -> database.ask("SELECT count(*) FROM " + table) + " of " + count);
    }

    final void readAll(EventHistory into, int page) throws SQLException {
        try (Connection connection = database.open()) {
            LogReader reader = new LogReader(connection, List.of(Workload.TOPIC));
            List<LogReader.Row> rows = reader.read(0, page);
            while (!rows.isEmpty()) {
                for (LogReader.Row row : rows) {
                    into.delivered(new Event(
                            row.epoch(),
                            row.partition(),
                            row.partitionOffset(),
                            row.offset(),
                            row.topic(),
                            row.text() == null ? "" : row.text()));
                }
                rows = reader.read(rows.getLast().offset() + 1, page);
            }
        }
    }
}
