package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.gatewright.events.EventHistory.Change;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventLogIT extends OnDatabase {
    private static CloudEvent event(String id, String text) {
        return CloudEvent.of("test.key.changed.v1", "/test")
                .id(id)
                .tenant("acme")
                .key("k")
                .data(JsonNodeFactory.instance.textNode(text))
                .build();
    }

    private static String appendBySql(Connection connection, String text) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT events.append(?)")) {
            statement.setString(1, text);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    @Test
    @DisplayName("7: an event whose writer died before it could wake anybody is found by polling")
    void noSignal() throws Exception {
        try (Sequencer sequencer = sequencer()) {
            Until.holds(() -> sequencer.status().leading(), sequencer::status);
            append(event("1", "x")); // this log has no signal, like a writer that is gone
            Until.holds(() -> sequencer.status().head() == 1, sequencer::status);
        }
    }

    @Test
    void anEventIsThereWhenItsTransactionIsAndOnlyThen() throws Exception {
        try (AppendSignal signal = new AppendSignal(database::open);
                Sequencer sequencer = sequencer(new Sequencer.Options(
                        Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(2), true, Set.of(), 2));
                Connection connection = database.open()) {
            EventLog signalling = new EventLog(EventCheck.ANY, signal);
            connection.setAutoCommit(false);
            signalling.append(connection, event("1", "x"));
            connection.rollback();
            signalling.append(connection, event("2", "x"));
            connection.commit();
            signalling.committed();
            Until.holds(() -> sequencer.status().head() == 1, sequencer::status);
        }
        assertThat(database.ask("SELECT string_agg(id, ',') FROM events.log")).isEqualTo("2");
    }

    @Test
    @DisplayName("19: the same event three times over, in any order, is one event")
    void sameEventAgain() throws Exception {
        List<Callable<Token>> appends = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            CloudEvent event = event("event-" + i / 3, "x" + i / 3);
            CloudEvent same = CloudEvent.parse(
                    event.text().replaceFirst("\"time\":\"[^\"]*\"", "\"time\":\"2026-01-01T00:00:00Z\""));
            appends.add(() -> append(same));
        }
        Collections.shuffle(appends, new Random(seed()));
        Set<Token> tokens = new java.util.HashSet<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(appends)) {
                tokens.add(done.get());
            }
        }
        assertThat(tokens).hasSize(10);
        assertThat(database.ask("SELECT count(*) FROM events.log")).isEqualTo("10");
        try (Connection connection = database.open()) {
            List<CloudEvent> kept = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT body FROM events.log ORDER BY seq LIMIT 2")) {
                while (row.next()) {
                    kept.add(CloudEvent.parse(row.getString(1)));
                }
            }
            kept.add(1, event("new", "x"));
            assertThat(log.append(connection, kept)).hasSize(3).doesNotHaveDuplicates();
        }
        assertThat(database.ask("SELECT count(*) FROM events.log")).isEqualTo("11");
    }

    @Test
    @DisplayName("20: another event under the same source and id is refused and counted")
    void conflict() throws Exception {
        append(event("1", "x"));
        assertThatThrownBy(() -> append(event("1", "y")))
                .isInstanceOf(EventRefused.class)
                .hasMessageContaining("source /test and id 1 name another event already");
        assertThat(log.refused(EventRefused.Kind.CONFLICT)).isEqualTo(1);
        try (Connection connection = database.open()) {
            assertThatThrownBy(() -> appendBySql(connection, event("1", "z").text()))
                    .hasMessageContaining("name another event already");
        }
    }

    @Test
    @DisplayName("22: events of 7,999, 8,000 and 65,536 bytes and of multi-byte text arrive inside and beside the hint")
    void payloadSizes() throws Exception {
        Effects effects = effects("effect");
        List<CloudEvent> events = new ArrayList<>();
        for (int bytes : new int[] {300, 6_900, 7_999, 8_000, CloudEvent.MAX_BYTES}) {
            int frame = event("id-" + bytes, "").bytes().length;
            events.add(event("id-" + bytes, "x".repeat(bytes - frame)));
            assertThat(events.getLast().bytes()).hasSize(bytes);
        }
        events.add(event("umlauts", "ä".repeat(3_400)));
        assertThatThrownBy(() -> event("large", "x".repeat(1_048_576))).hasMessageContaining("dataref");
        events.add(CloudEvent.of("test.key.changed.v1", "/test")
                .with("dataref", "https://example.com/claims/1")
                .build());
        try (Sequencer sequencer = sequencer(new Sequencer.Options(
                        Duration.ZERO, Duration.ofMillis(5), Duration.ofSeconds(2), true, Set.of(Workload.TOPIC), 2));
                Hints hints = hints();
                Subscription subscription = Subscription.start(
                        database::open,
                        hints,
                        Consumer.named("all", List.of(Workload.TOPIC), effects)
                                .fromFirst()
                                .build())) {
            for (CloudEvent event : events) {
                append(event);
            }
            awaitEffects("effect", events.size());
            assertThat(sequencer.status().errors()).isZero();
            assertThat(subscription.partitions()).isEqualTo(64);
        }
        try (Connection connection = database.open()) {
            effects.readInto(connection, history);
        }
        assertThat(history.delivered().stream().map(Event::text))
                .containsExactlyElementsOf(events.stream().map(CloudEvent::text).toList());
    }

    @Test
    @DisplayName("40: what the check or the list of types refuses makes the business transaction fail")
    void refusedInTheTransaction() throws Exception {
        EventLog strict = new EventLog(event -> List.of("/amount is not declared"), null);
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            Workload.next(connection, "key-1");
            assertThatThrownBy(() -> strict.append(connection, event("1", "x")))
                    .isInstanceOfSatisfying(
                            EventRefused.class,
                            e -> assertThat(e.problems()).containsExactly("/amount is not declared"));
            connection.rollback();
            assertThat(strict.refused(EventRefused.Kind.SCHEMA)).isEqualTo(1);

            statement.execute("INSERT INTO events.known_type VALUES ('other.thing.done.v1')");
            connection.commit();
            Workload.next(connection, "key-1");
            assertThatThrownBy(() -> appendBySql(connection, event("1", "x").text()))
                    .hasMessageContaining("the type is not in the catalogue");
            connection.rollback();
        }
        assertThat(database.ask("SELECT version FROM account WHERE key = 'key-1'"))
                .isEqualTo("0");
    }

    @ParameterizedTest(name = "41: SQL refuses {0}")
    @ValueSource(
            strings = {
                "\"tenantId\":\"a\"",
                "\"subject\":\"a\\u0007b\"",
                "\"number\":2147483648",
                "\"number\":1.5",
                "\"thing\":{}",
                "\"id\":\"2\"",
                "\"abcdefghijklmnopqrstu\":\"a\""
            })
    void refusesInSqlToo(String member) throws Exception {
        try (Connection connection = database.open()) {
            assertThatThrownBy(() -> appendBySql(
                            connection,
                            "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a.b.c.v1\"," + member
                                    + "}"))
                    .hasMessageContaining("The event is refused");
        }
    }

    @Test
    void sqlAndJavaAppendTheSame() throws Exception {
        CloudEvent event = CloudEvent.of("credit.checked.v1", "/credit")
                .tenant("größe")
                .org("north")
                .with("subject", "s")
                .build();
        String columns = "SELECT concat_ws('|', part, topic, type, source, id, tenant, org, key, body) FROM events.log"
                + " ORDER BY seq DESC LIMIT 1";
        Token token = append(event);
        String byJava = database.ask(columns);
        try (Connection connection = database.open()) {
            assertThat(appendBySql(connection, event.text())).isEqualTo(token.toString());
        }
        database.tamper("DELETE FROM events.log");
        try (Connection connection = database.open()) {
            assertThat(Token.parse(appendBySql(connection, event.text())).partition())
                    .isEqualTo(token.partition());
        }
        assertThat(database.ask(columns)).isEqualTo(byJava);
    }

    @Test
    @DisplayName("45: a transaction that is retried after a serialization failure or deadlock has its event once")
    void retriedTransactions() throws Exception {
        try (Sequencer sequencer = sequencer();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int writer = 0; writer < 6; writer++) {
                boolean reverse = writer % 2 == 0;
                boolean serializable = writer % 3 == 0;
                writers.add(() -> writeWithRetries(reverse, serializable));
            }
            int retries = 0;
            for (var done : threads.invokeAll(writers)) {
                retries += done.get();
            }
            awaitTicked();
            assertThat(retries).as("transactions that had to be retried").isPositive();
            Until.holds(() -> sequencer.status().head() == history.acknowledgedCount(), sequencer::status);
        }
        readAll(history, 1000);
        assertThat(history.problems()).isEmpty();
    }

    /** Changes two keys in one or the other order, so that two writers block each other. */
    private int writeWithRetries(boolean reverse, boolean serializable) throws SQLException {
        int retries = 0;
        try (Connection connection = database.open()) {
            connection.setTransactionIsolation(
                    serializable ? Connection.TRANSACTION_SERIALIZABLE : Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(false);
            for (int done = 0; done < 5; ) {
                try {
                    Change first = Workload.next(connection, reverse ? "key-2" : "key-1");
                    log.append(connection, Workload.event(first));
                    Change second = Workload.next(connection, reverse ? "key-1" : "key-2");
                    log.append(connection, Workload.event(second));
                    connection.commit();
                    history.acknowledged(first);
                    history.acknowledged(second);
                    done++;
                } catch (SQLException e) {
                    assertThat(e.getSQLState()).isIn("40001", "40P01");
                    connection.rollback();
                    retries++;
                }
            }
        }
        return retries;
    }
}
