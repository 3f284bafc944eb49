package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.events.EventHistory.Change;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class EventMetricsIT extends OnDatabase {
    private EventMetrics read() throws Exception {
        try (Connection connection = database.open()) {
            return EventMetrics.read(connection);
        }
    }

    private long count(String query) {
        return Long.parseLong(database.ask("SELECT count(*) FROM " + query));
    }

    private void appendAll(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            append(Workload.event(new Change("key-" + i % 20, i / 20 + 1)));
        }
    }

    @Test
    @DisplayName("48: every reading is what counting row by row gives")
    void truth() throws Exception {
        appendAll(0, 60);
        EventMetrics before = read();
        assertThat(before.backlog()).isEqualTo(count("events.log")).isEqualTo(60);
        assertThat(before.backlogAgeSeconds())
                .isPositive()
                .isLessThanOrEqualTo(Double.parseDouble(
                        database.ask("SELECT extract(epoch FROM clock_timestamp() - min(created)) FROM events.log")));

        Handler refusing = (connection, event) -> {
            if (event.cloudEvent().key().matches("key-[135]")) {
                throw new IllegalStateException("no");
            }
        };
        Consumer consumer = Consumer.named("counted", List.of(Workload.TOPIC), refusing)
                .fromFirst()
                .retry(new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(1)))
                .poll(Duration.ofMillis(10))
                .build();
        Sequencer.Status status;
        try (Sequencer sequencer = sequencer();
                Subscription subscription = Subscription.start(database::open, null, consumer)) {
            awaitTicked();
            Consumers consumers = new Consumers(database.service());
            Until.holds(
                    () -> consumers.parked("counted").stream()
                                            .mapToLong(Parked::queued)
                                            .sum()
                                    == 9
                            && subscription.caughtUp(),
                    () -> consumers.parked("counted"));
            Until.holds(() -> sequencer.status().ticks() == count("events.tick"), sequencer::status);
            status = sequencer.status();
        }
        EventMetrics parked = read();
        assertThat(parked.backlog()).isZero();
        assertThat(parked.backlogAgeSeconds()).isZero();
        assertThat(parked.dead())
                .containsExactly(new EventMetrics.Dead(
                        "counted", count("events.log WHERE key IN ('key-1', 'key-3', 'key-5')"), 3, 9));
        assertThat(parked.lags()).hasSize(64).allSatisfy(lag -> {
            assertThat(lag.events()).isZero();
            assertThat(lag.seconds()).isZero();
        });
        assertThat(status.ticks()).isEqualTo(count("events.tick"));
        assertThat(status.tickNanos()).isPositive();

        appendAll(60, 100);
        try (Sequencer sequencer = sequencer()) {
            Until.holds(() -> sequencer.status().head() == 100, sequencer::status);
        }
        EventMetrics behind = read();
        assertThat(behind.lags()).allSatisfy(lag -> {
            assertThat(lag.events()).isEqualTo(count("events.numbered(60, 1000) WHERE part = " + lag.partition()));
            assertThat(lag.seconds() > 0).isEqualTo(lag.events() > 0);
        });
        assertThat(behind.lags().stream().mapToLong(EventMetrics.Lag::events).sum())
                .isEqualTo(40);
        assertThat(behind.notifyQueueUsage())
                .isEqualTo(Double.parseDouble(database.ask("SELECT pg_notification_queue_usage()")));
    }

    @Test
    void countsInTheMiddleOfOpenTransactions() throws Exception {
        try (Connection open = database.open()) {
            open.setAutoCommit(false);
            try (Sequencer sequencer = sequencer()) {
                log.append(open, Workload.event(new Change("key-1", 1)));
                append(Workload.event(new Change("key-2", 1)));
                Until.holds(() -> sequencer.status().head() == 1, sequencer::status);
                assertThat(read().backlog())
                        .as("what is not committed does not count")
                        .isZero();
            }
            open.commit();
            assertThat(read().backlog()).isEqualTo(1);
        }
    }
}
