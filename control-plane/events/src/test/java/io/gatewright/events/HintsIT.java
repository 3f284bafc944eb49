package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.events.EventHistory.Change;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class HintsIT extends OnDatabase {
    private static final String LISTENER = "test-listener";

    private Connection listener(String url) throws SQLException {
        return DriverManager.getConnection(
                url + "?sslmode=disable&ApplicationName=" + LISTENER, ScratchDatabase.OWNER, "owner");
    }

    private static CloudEvent event(int version) {
        return Workload.event(new Change("key-1", version));
    }

    /** A consumer that would look by itself only after ten seconds. */
    private Consumer patient(Effects effects) {
        return Consumer.named("patient", List.of(Workload.TOPIC), effects)
                .fromFirst()
                .poll(Duration.ofSeconds(10))
                .lease(Duration.ofSeconds(60))
                .build();
    }

    private static void awaitListening(Hints hints) {
        Until.holds(() -> hints.state() == Hints.State.LISTENING, hints::state);
    }

    @Test
    @DisplayName("10: a listener that is cut off or falls silent connects again and catches up")
    void cutAndSilent() throws Exception {
        Effects effects = effects("effect");
        try (TcpProxy network = new TcpProxy(database.url());
                Sequencer sequencer = sequencer();
                Hints hints = new Hints(() -> listener(network.jdbcUrl()), Duration.ofMillis(50));
                Subscription subscription = Subscription.start(database::open, hints, patient(effects))) {
            hints.start();
            awaitListening(hints);
            append(event(1));
            awaitEffects("effect", 1);

            long before = hints.count();
            database.ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '"
                    + LISTENER + "'");
            append(event(2));
            awaitEffects("effect", 2);
            Until.holds(() -> hints.count() > before, hints::count);
            awaitListening(hints);

            long heard = hints.count();
            network.goSilent();
            append(event(3));
            awaitEffects("effect", 3);
            Until.holds(() -> hints.count() > heard, hints::count);
            assertThat(subscription.partitions()).isEqualTo(64);
            Until.holds(() -> sequencer.status().head() == 3, sequencer::status);
        }
    }

    @Test
    @DisplayName("24: behind a proxy that lends sessions per transaction it notices and everyone polls")
    void transactionPooling() throws Exception {
        Effects effects = effects("effect");
        try (PoolingProxy proxy = new PoolingProxy(database.url());
                Sequencer sequencer = sequencer();
                Hints hints = new Hints(() -> listener(proxy.jdbcUrl()), Duration.ofSeconds(5));
                Subscription subscription = Subscription.start(
                        database::open,
                        hints,
                        Consumer.named("pooled", List.of(Workload.TOPIC), effects)
                                .fromFirst()
                                .poll(Duration.ofMillis(20))
                                .build())) {
            hints.start();
            Until.holds(() -> hints.state() != Hints.State.CONNECTING, hints::state);
            assertThat(hints.state()).isEqualTo(Hints.State.DEAF);
            append(event(1));
            awaitEffects("effect", 1);
            Until.holds(() -> sequencer.status().leading() && subscription.partitions() == 64, sequencer::status);
        }
    }

    @Test
    @DisplayName("25: waiting for notifications inside a transaction is an error and not silence")
    void insideATransaction() throws Exception {
        try (Connection connection = database.open()) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> Hints.notifications(connection, 10))
                    .isInstanceOf(EventsException.class)
                    .hasMessageContaining("inside a transaction");
        }
    }

    @Test
    void worksWithoutAnyNotification() throws Exception {
        Effects effects = effects("effect");
        Sequencer.Options silent = new Sequencer.Options(
                Duration.ZERO, Duration.ofMillis(10), Duration.ofSeconds(2), false, java.util.Set.of(), 2);
        try (Sequencer sequencer = sequencer(silent);
                Connection listener = database.open();
                Statement listen = listener.createStatement();
                Subscription subscription = Subscription.start(
                        database::open,
                        null,
                        Consumer.named("polls", List.of(Workload.TOPIC), effects)
                                .fromFirst()
                                .poll(Duration.ofMillis(10))
                                .build())) {
            listen.execute("LISTEN " + Hints.CHANNEL);
            append(event(1));
            awaitEffects("effect", 1);
            assertThat(Hints.notifications(listener, 50)).isEmpty();
            Until.holds(() -> sequencer.status().leading() && subscription.partitions() == 64, sequencer::status);
        }
    }
}
