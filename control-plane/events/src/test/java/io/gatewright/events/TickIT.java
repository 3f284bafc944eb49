package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.events.EventHistory.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Ticks taken one by one. */
final class TickIT extends OnDatabase {
    private static CloudEvent event(int number) {
        return Workload.event(new Change("key-" + number % 40, number / 40 + 1));
    }

    private Connection sequencing() throws SQLException {
        Connection connection = database.open();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
                    + " SET enable_seqscan = off");
        }
        return connection;
    }

    private static Ticker ticker(Connection connection) throws SQLException {
        return Ticker.resume(connection, EpochTable.current(connection), TickerOptions.QUIET);
    }

    private List<String> bodies() throws SQLException {
        EventHistory read = new EventHistory();
        readAll(read, 5000);
        return read.delivered().stream().map(Event::text).toList();
    }

    @Test
    @DisplayName("2: a transaction that stays open holds back its own event and no other")
    void longTransaction() throws Exception {
        CloudEvent late = event(0);
        try (Connection sequencing = sequencing();
                Connection open = database.open()) {
            Ticker ticker = ticker(sequencing);
            open.setAutoCommit(false);
            log.append(open, late);
            for (int i = 1; i <= 5; i++) {
                append(event(i));
                assertThat(ticker.tick(sequencing)).isEqualTo(1);
            }
            open.commit();

            assertThat(ticker.tick(sequencing)).isEqualTo(1);
            assertThat(ticker.tick(sequencing)).isZero();
        }
        assertThat(bodies()).hasSize(6).last().isEqualTo(late.text());
    }

    @Test
    @DisplayName("3: events of savepoints that were rolled back are gone, those of released ones come in order")
    void savepoints() throws Exception {
        try (Connection sequencing = sequencing();
                Connection writer = database.open()) {
            Ticker ticker = ticker(sequencing);
            writer.setAutoCommit(false);
            log.append(writer, event(0));
            Savepoint first = writer.setSavepoint();
            log.append(writer, event(1));
            writer.rollback(first);
            Savepoint second = writer.setSavepoint();
            log.append(writer, event(2));
            append(event(3));
            assertThat(ticker.tick(sequencing)).isEqualTo(1);
            writer.releaseSavepoint(second);
            log.append(writer, event(4));
            writer.commit();
            assertThat(ticker.tick(sequencing)).isEqualTo(3);
        }
        assertThat(bodies().stream().map(text -> CloudEvent.parse(text).key()))
                .containsExactly("key-3", "key-0", "key-2", "key-4");
    }

    @Test
    @DisplayName("4: a transaction has 10,000 events, none, or those of 50 topics; a large tick is read in slices")
    void largeTransactions() throws Exception {
        List<CloudEvent> many =
                IntStream.range(0, 10_000).mapToObj(TickIT::event).toList();
        List<CloudEvent> topics = IntStream.range(0, 50)
                .mapToObj(i ->
                        CloudEvent.of("topic-" + i + ".thing.done.v1", "/test").build())
                .toList();
        try (Connection sequencing = sequencing();
                Connection writer = database.open();
                Connection listener = database.open();
                Statement listen = listener.createStatement()) {
            Ticker ticker = ticker(sequencing);
            writer.setAutoCommit(false);
            for (CloudEvent event : many) {
                history.acknowledged(EventHistory.change(new Event(0, 0, 0, 0, "", event.text())));
            }
            assertThat(log.append(writer, many)).hasSize(10_000);
            writer.commit();
            assertThat(ticker.tick(sequencing)).isEqualTo(10_000);
            readAll(history, 777);
            assertThat(history.problems()).isEmpty();

            writer.rollback();
            assertThat(ticker.tick(sequencing)).isZero();

            listen.execute("LISTEN " + Hints.CHANNEL);
            log.append(writer, topics);
            writer.commit();
            Ticker telling = Ticker.resume(
                    sequencing, EpochTable.current(sequencing), new TickerOptions(true, java.util.Set.of()));
            assertThat(telling.tick(sequencing)).isEqualTo(50);
            String payload = listener.unwrap(PGConnection.class)
                    .getNotifications(10_000)[0]
                    .getParameter();
            assertThat(Hint.parse(payload)).get().satisfies(hint -> {
                assertThat(hint.from()).isEqualTo(10_000);
                assertThat(hint.to()).isEqualTo(10_049);
                assertThat(hint.topics()).hasSize(50);
            });
        }
    }

    @Test
    @DisplayName("11: of two that think they lead, the second to take a tick is refused; nothing is counted twice")
    void twoLeaders() throws Exception {
        try (Connection one = sequencing();
                Connection two = sequencing()) {
            Ticker first = ticker(one);
            Ticker paused = ticker(two);
            append(event(1));
            append(event(2));
            assertThat(first.tick(one)).isEqualTo(2);

            assertThatThrownBy(() -> paused.tick(two))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23505"));
        }
        assertThat(bodies()).hasSize(2);
    }

    @Test
    @DisplayName("21: events whose clock jumps by hours and days come in the order in which they were appended")
    void jumpingClock() throws Exception {
        List<String> order = new ArrayList<>();
        try (Connection sequencing = sequencing();
                Connection writer = database.open();
                Statement statement = writer.createStatement()) {
            Ticker ticker = ticker(sequencing);
            for (int hours : new int[] {0, 1, -1, 20, -20, 0, 5, -3}) {
                CloudEvent event = event(order.size());
                writer.setAutoCommit(false);
                statement.execute("INSERT INTO events.log (part, topic, type, source, id, tenant, key, body, created)"
                        + " VALUES (" + event.partition() + ", '" + event.topic() + "', '" + event.type() + "', '"
                        + event.source() + "', '" + event.id() + "', '" + event.tenant() + "', '" + event.key() + "', '"
                        + event.text() + "', clock_timestamp() + " + hours + " * interval '1 hour')");
                writer.commit();
                order.add(event.text());
                if (order.size() % 3 == 0) {
                    ticker.tick(sequencing);
                }
            }
            ticker.tick(sequencing);
        }
        assertThat(bodies()).isEqualTo(order);
    }

    @Test
    @DisplayName("46: a sequence that caches numbers is refused at the start")
    void cachedSequence() throws Exception {
        try (Connection owner = database.owner();
                Statement statement = owner.createStatement()) {
            statement.execute("ALTER TABLE events.log ALTER COLUMN seq SET CACHE 32");
        }
        try (Sequencer sequencer = sequencer()) {
            Until.holds(() -> sequencer.status().errors() > 0, sequencer::status);
            assertThat(sequencer.status().leading()).isFalse();
        }
    }

    @Test
    @DisplayName("49: the verifier names the offset of the event of which one byte was changed, or that is missing")
    void verifies() throws Exception {
        try (Connection sequencing = sequencing();
                Connection owner = database.owner()) {
            Ticker ticker = ticker(sequencing);
            for (int i = 0; i < 30; i++) {
                append(event(i));
                if (i % 7 == 0) {
                    ticker.tick(sequencing);
                }
            }
            ticker.tick(sequencing);
            assertThat(LogVerifier.verify(owner)).isEmpty();

            database.tamper(
                    "UPDATE events.log SET body = replace(body, '/test', '/tesx') WHERE seq = (SELECT min(seq) + 20"
                            + " FROM events.log)");
            assertThat(LogVerifier.verify(owner)).get().satisfies(broken -> {
                assertThat(broken.offset()).isEqualTo(20);
                assertThat(broken.problem()).contains("not the one that was appended");
            });
            database.tamper(
                    "UPDATE events.log SET body = replace(body, '/tesx', '/test')",
                    "UPDATE events.tick SET digests = set_byte(digests, 3, 7) WHERE id = 2");
            assertThat(LogVerifier.verify(owner))
                    .get()
                    .extracting(LogVerifier.Broken::problem)
                    .asString()
                    .contains("chain of hashes");
        }
    }

    @Test
    @DisplayName("6: a tick without its hint is found by polling")
    void lostHint() throws Exception {
        Effects effects = effects("effect");
        Consumer consumer = Consumer.named("late", List.of(Workload.TOPIC), effects)
                .fromFirst()
                .poll(Duration.ofMillis(20))
                .build();
        try (Connection sequencing = sequencing();
                Hints hints = hints();
                Subscription subscription = Subscription.start(database::open, hints, consumer)) {
            Until.holds(() -> hints.state() == Hints.State.LISTENING && subscription.partitions() == 64, hints::state);
            append(event(1));
            ticker(sequencing).tick(sequencing);
            awaitEffects("effect", 1);
        }
    }
}
