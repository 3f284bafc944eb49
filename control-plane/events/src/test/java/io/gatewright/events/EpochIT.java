package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.events.EventHistory.Change;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Another Postgres goes on with the log. */
final class EpochIT extends OnDatabase {
    private static final List<String> TABLES = List.of(
            "events.epoch",
            "events.log",
            "events.tick",
            "events.leader",
            "events.consumer",
            "events.member",
            "events.cursor",
            "events.parked",
            "effect");

    private static Sequencer sequencer(OwnServer server) {
        Sequencer sequencer = new Sequencer(server::open, ChildSequencer.OPTIONS);
        sequencer.start();
        return sequencer;
    }

    private static Consumer consumer(Effects effects) {
        return Consumer.named("moved", List.of(Workload.TOPIC), effects)
                .fromFirst()
                .poll(Duration.ofMillis(20))
                .build();
    }

    private void append(Connection connection, int version) throws SQLException {
        Change change = new Change("key-1", version);
        log.append(connection, Workload.event(change));
        history.acknowledged(change);
    }

    /** What pg_dump and pg_restore do: the rows of every table, and where the sequence stands. */
    private static void copy(Connection from, Connection to) throws SQLException, IOException {
        try (Statement statement = to.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            for (String table : TABLES) {
                ByteArrayOutputStream rows = new ByteArrayOutputStream();
                String source = table.equals("events.log") ? "(SELECT * FROM events.log)" : table;
                from.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY " + source + " TO STDOUT", rows);
                to.unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("COPY " + table + " FROM STDIN", new ByteArrayInputStream(rows.toByteArray()));
            }
            statement.execute("SELECT setval(pg_get_serial_sequence('events.log', 'seq'), max(seq)) FROM events.log");
            statement.execute("SELECT setval(pg_get_serial_sequence('effect', 'nth'), max(nth)) FROM effect");
        }
    }

    @Test
    @DisplayName("34: restored into another cluster the log goes on in a new epoch; without one it would not")
    void restored() throws Exception {
        Effects effects = effects("effect");
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            try (Sequencer sequencer = sequencer();
                    Subscription subscription = Subscription.start(database::open, null, consumer(effects))) {
                statement.execute(
                        "DO $$ BEGIN FOR i IN 1 .. 3000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$");
                for (int version = 1; version <= 5; version++) {
                    append(connection, version);
                }
                awaitEffects("effect", 5);
                Until.holds(() -> sequencer.status().epoch() + subscription.partitions() == 65, sequencer::status);
            }
            append(connection, 6); // committed before the dump, and in no tick
        }
        try (OwnServer restored = OwnServer.start();
                Connection connection = restored.open()) {
            Effects.create(connection, "effect");
            try (Connection from = database.owner()) {
                copy(from, connection);
            }
            append(connection, 7); // before any sequencer has seen the new cluster
            assertThat(
                            restored.ask(
                                    "SELECT pg_current_xact_id()::text::bigint < (SELECT max(xid::text::bigint) FROM events.log)"))
                    .as("transaction numbers start anew")
                    .isEqualTo("t");
            EpochTable.Epoch old = new EpochTable.Epoch(1, 0, 0, "3:3:", 0);
            try (Connection blind = restored.open()) {
                blind.setAutoCommit(false);
                Ticker.resume(blind, old, TickerOptions.QUIET).tick(blind);
                assertThat(restored.ask("SELECT count(*) FROM events.log")).isEqualTo("7");
                assertThat(tickedIn(blind))
                        .as("without an epoch something is never given an offset")
                        .isLessThan(7);
                blind.rollback();
            }
            try (Sequencer sequencer = sequencer(restored);
                    Subscription subscription = Subscription.start(restored::open, null, consumer(effects))) {
                Until.holds(() -> sequencer.status().epoch() == 2, sequencer::status);
                append(connection, 8);
                Until.holds(() -> restored.ask("SELECT count(*) FROM effect").equals("8"), sequencer::status);
                assertThat(subscription.partitions()).isEqualTo(64);
            }
            effects.readInto(connection, history);
            assertThat(history.problems()).isEmpty();
            assertThat(history.delivered().stream().map(Event::epoch)).containsExactly(1, 1, 1, 1, 1, 2, 2, 2);
            assertThat(LogVerifier.verify(connection)).isEmpty();
        }
    }

    private static long tickedIn(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT sum(n) FROM events.tick")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    @DisplayName("35: a standby that missed the end goes on in a new epoch; no offset means two events")
    void failedOver() throws Exception {
        Set<String> seen = new HashSet<>();
        try (OwnServer primary = OwnServer.start()) {
            try (Sequencer sequencer = sequencer(primary);
                    Connection connection = primary.open()) {
                append(connection, 1);
                append(connection, 2);
                Until.holds(() -> sequencer.status().head() == 2, sequencer::status);
            }
            primary.stop("fast");
            try (OwnServer standby = primary.copyAsStandby(OwnServer.freePort())) {
                primary.run();
                try (Sequencer sequencer = sequencer(primary);
                        Connection connection = primary.open()) {
                    append(connection, 3);
                    append(connection, 4);
                    Until.holds(() -> sequencer.status().head() == 4, sequencer::status);
                    seen.addAll(places(primary));
                }
                primary.kill();
                standby.run();
                standby.promote();
                try (Sequencer sequencer = sequencer(standby);
                        Connection connection = standby.open()) {
                    append(connection, 13);
                    append(connection, 14);
                    append(connection, 15);
                    Until.holds(() -> sequencer.status().head() == 5, sequencer::status);
                    Until.holds(() -> sequencer.status().epoch() == 2, sequencer::status);
                    assertThat(LogVerifier.verify(connection)).isEmpty();
                }
                List<String> after = places(standby);
                assertThat(after)
                        .hasSize(5)
                        .filteredOn(seen::contains)
                        .as("what both have")
                        .hasSize(2);
                assertThat(after.stream().map(place -> place.replaceFirst(" .*", "")))
                        .containsExactly("1:0", "1:1", "2:2", "2:3", "2:4");
                assertThat(seen).anyMatch(place -> place.startsWith("1:3 "));
            }
        }
    }

    /** Epoch, offset and the event. */
    private static List<String> places(OwnServer server) {
        return List.of(server.ask("SELECT string_agg(epoch || ':' || \"offset\" || ' ' || (body::json ->> 'id'), E'\\n'"
                        + " ORDER BY \"offset\") FROM events.numbered(0, 100)")
                .split("\n", -1));
    }
}
