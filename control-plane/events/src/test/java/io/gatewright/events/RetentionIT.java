package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.events.EventHistory.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class RetentionIT extends OnDatabase {
    private static final Handler NOTHING = (connection, event) -> {};

    /** Three days with two events each, the last is today; all have offsets. */
    private void threeDays() throws SQLException {
        try (Connection owner = database.owner();
                Statement statement = owner.createStatement();
                Sequencer sequencer = sequencer()) {
            LocalDate today = LocalDate.parse(database.ask("SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date"));
            LocalDate first = today.minusDays(10);
            statement.execute("CREATE TABLE events.log_" + first.toString().replace("-", "")
                    + " PARTITION OF events.log FOR VALUES FROM ('"
                    + first.atStartOfDay().atOffset(ZoneOffset.UTC)
                    + "') TO ('" + first.plusDays(1).atStartOfDay().atOffset(ZoneOffset.UTC) + "')");
            for (int age : new int[] {10, 1, 0}) {
                for (int i = 0; i < 2; i++) {
                    CloudEvent event = Workload.event(new Change("key-1", 2L * (10 - age) + i + 1));
                    statement.execute(
                            "INSERT INTO events.log (part, topic, type, source, id, tenant, key, body, created)"
                                    + " VALUES (" + event.partition() + ", '" + event.topic() + "', '" + event.type()
                                    + "', '/test', '"
                                    + event.id() + "', '" + event.tenant() + "', '" + event.key() + "', '"
                                    + event.text() + "', '"
                                    + today.minusDays(age) + " 00:00:01+00')");
                }
                awaitTicked();
            }
            Until.holds(() -> sequencer.status().head() == 6, sequencer::status);
        }
    }

    private Retention retention(int keepDays, int boundDays) {
        return new Retention(database::owner, Duration.ofDays(keepDays), Duration.ofDays(boundDays));
    }

    @Test
    @DisplayName("37: a day is not dropped while a consumer or a parked key needs it, up to a bound")
    void refusesWhileNeeded() throws Exception {
        threeDays();
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT events.subscribe('slow', '{test.key}', true)");
            Retention.Report refused = retention(5, 20).run();
            assertThat(refused.dropped()).isEmpty();
            assertThat(refused.refused()).singleElement().asString().contains("the consumer slow stands at offset 0");

            statement.execute("SELECT events.acknowledge('slow', 5);"
                    + " INSERT INTO events.parked (consumer, part, tenant, key, position, queued, attempts, dead, reason)"
                    + " VALUES ('slow', 1, 't', 'k', 1, 1, 1, true, 'x')");
            assertThat(retention(5, 20).run().refused())
                    .singleElement()
                    .asString()
                    .contains("the consumer slow has keys parked from offset 1 on");

            statement.execute("DELETE FROM events.parked");
            Retention.Report dropped = retention(5, 20).run();
            assertThat(dropped.dropped()).hasSize(1);
            assertThat(dropped.refused()).isEmpty();
            assertThat(dropped.lost()).isEmpty();
        }
        assertThat(database.ask("SELECT count(*) FROM events.log")).isEqualTo("4");
        assertThat(database.ask("SELECT position FROM events.kept")).isEqualTo("2");
        try (Connection connection = database.open()) {
            assertThat(new LogReader(connection, List.of(Workload.TOPIC)).read(2, 10))
                    .hasSize(4);
            assertThat(LogVerifier.verify(connection)).isEmpty();
        }
    }

    @Test
    void beyondTheBoundItDropsAndSaysWhoLostSomething() throws Exception {
        threeDays();
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT events.subscribe('slow', '{test.key}', true)");
        }
        Retention.Report report = retention(2, 5).run();

        assertThat(report.dropped()).hasSize(1);
        assertThat(report.lost()).singleElement().asString().contains("the consumer slow stands at offset 0");
        assertThat(database.ask("SELECT DISTINCT position FROM events.cursor")).isEqualTo("2");
        Effects effects = effects("effect");
        try (Subscription subscription = Subscription.start(
                database::open,
                null,
                Consumer.named("slow", List.of(Workload.TOPIC), effects).build())) {
            awaitEffects("effect", 4);
            assertThat(subscription.partitions()).isEqualTo(64);
        }
        assertThat(database.ask("SELECT string_agg(position || ':' || part_offset, ',' ORDER BY nth) FROM effect"))
                .isEqualTo("2:2,3:3,4:4,5:5");
    }

    @Test
    void aDayWithEventsThatHaveNoOffsetStays() throws Exception {
        try (Connection owner = database.owner();
                Statement statement = owner.createStatement()) {
            statement.execute("INSERT INTO events.log (part, topic, type, source, id, tenant, key, body, created)"
                    + " VALUES (1, 't.k', 't.k.v1', '/', '1', '', '', '{}', clock_timestamp() - interval '1 day')");
        }
        // Yesterday is no day old yet, so this asks the table itself.
        try (Connection owner = database.owner()) {
            LocalDate yesterday =
                    LocalDate.parse(database.ask("SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date - 1"));
            assertThat(DayTable.need(owner, yesterday).unsequenced()).isTrue();
            assertThat(DayTable.drop(owner, yesterday, 0)).isFalse();
        }
        assertThat(database.ask("SELECT count(*) FROM events.log")).isEqualTo("1");
    }

    @Test
    void finishesWhatWasInterrupted() throws Exception {
        threeDays();
        String day = database.ask(
                "SELECT 'log_' || to_char(clock_timestamp() AT TIME ZONE 'UTC' - interval '10 days'," + " 'YYYYMMDD')");
        try (Connection owner = database.owner();
                Statement statement = owner.createStatement()) {
            statement.execute("ALTER TABLE events.log DETACH PARTITION events." + day + " CONCURRENTLY");
        }
        assertThat(retention(30, 30).run().dropped()).isEmpty();
        assertThat(database.ask("SELECT to_regclass('events." + day + "') IS NULL"))
                .isEqualTo("t");
    }

    @Test
    void aConsumerAtTheEndHoldsNothing() throws Exception {
        threeDays();
        try (Subscription subscription = Subscription.start(
                database::open,
                null,
                Consumer.named("new", List.of(Workload.TOPIC), NOTHING).build())) {
            Until.holds(() -> subscription.partitions() == 64, subscription::partitions);
            assertThat(retention(5, 20).run().dropped()).hasSize(1);
        }
    }
}
