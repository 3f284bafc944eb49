package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.events.EventHistory.Change;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class SubscriptionIT extends OnDatabase {
    private static final RetryPolicy SOON = new RetryPolicy(3, Duration.ofMillis(10), Duration.ofMillis(40));

    private static Consumer.Builder consumer(String name, Handler handler) {
        return Consumer.named(name, List.of(Workload.TOPIC), handler)
                .fromFirst()
                .retry(SOON)
                .lease(Duration.ofMillis(400))
                .poll(Duration.ofMillis(20));
    }

    private static CloudEvent event(String key, long version) {
        return Workload.event(new Change(key, version));
    }

    private static final Intervention.By BY = new Intervention.By("ann", "repaired");

    @Test
    @DisplayName("18: members that come and go share the partitions; nothing twice, nothing out of order")
    void rebalances() throws Exception {
        Effects effects = effects("effect");
        Consumer consumer = consumer("group", effects).batch(20).build();
        List<Subscription> members = new ArrayList<>();
        try (Sequencer sequencer = sequencer();
                Hints hints = hints();
                Workload load = Workload.start(database::open, log, history, 6, 600, seed())) {
            for (int acknowledged = 100; acknowledged <= 500; acknowledged += 100) {
                int enough = acknowledged;
                members.add(Subscription.start(database::open, hints, consumer));
                Until.holds(() -> history.acknowledgedCount() >= enough, history::acknowledgedCount);
                if (members.size() == 3) {
                    members.removeFirst().close();
                }
            }
            load.join();
            awaitEffects("effect", history.acknowledgedCount());
            Until.holds(() -> sequencer.status().leading(), sequencer::status);
            members.forEach(Subscription::close);
        }
        try (Connection connection = database.open()) {
            effects.readInto(connection, history);
        }

        assertThat(history.problemsOfParallelReaders()).isEmpty();
        assertThat(database.ask("SELECT count(*) FROM events.cursor WHERE owner IS NOT NULL"))
                .isEqualTo("0");
    }

    @Test
    @DisplayName("5: a consumer cut off between its effect elsewhere and its commit repeats that one event at most")
    void cutBeforeCommit() throws Exception {
        List<String> elsewhere = new CopyOnWriteArrayList<>();
        Effects effects = effects("effect");
        Handler handler = (connection, event) -> {
            effects.handle(connection, event);
            elsewhere.add(event.cloudEvent().id());
            if (elsewhere.size() == 3) {
                try (Connection other = database.owner();
                        Statement statement = other.createStatement()) {
                    statement.execute("SELECT pg_terminate_backend(" + pid(connection) + ")");
                }
            }
        };
        try (Sequencer sequencer = sequencer();
                Subscription subscription = Subscription.start(
                        database::open, null, consumer("cut", handler).batch(1).build())) {
            for (int i = 1; i <= 6; i++) {
                append(event("key-1", i));
            }
            awaitEffects("effect", 6);
            assertThat(subscription.partitions()).isEqualTo(64);
            Until.holds(() -> sequencer.status().head() == 6, sequencer::status);
        }
        assertThat(elsewhere).hasSize(7);
        assertThat(Set.copyOf(elsewhere)).as("deduplicated by id").hasSize(6);
        assertThat(database.ask("SELECT count(DISTINCT position) || '/' || count(*) FROM effect"))
                .isEqualTo("6/6");
    }

    private static int pid(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Refuses the events that it was told to, and counts how often it was asked. */
    private static final class Poisoned implements Handler {
        final Map<Change, Boolean> poison = new ConcurrentHashMap<>();
        final Map<Change, Integer> asked = new ConcurrentHashMap<>();
        private final Effects effects;

        Poisoned(Effects effects) {
            this.effects = effects;
        }

        @Override
        public void handle(Connection connection, Event event) throws Exception {
            Change change = EventHistory.change(event);
            asked.merge(change, 1, Integer::sum);
            effects.handle(connection, event);
            if (poison.containsKey(change)) {
                throw new IllegalStateException("cannot take " + change);
            }
        }
    }

    @Test
    @DisplayName("13, 14: a failing event is retried, then its key parks alone; replay and discard go on in order")
    void parksTheKey() throws Exception {
        Poisoned poisoned = new Poisoned(effects("effect"));
        Change first = new Change("key-1", 2);
        Change second = new Change("key-2", 1);
        poisoned.poison.put(first, true);
        poisoned.poison.put(second, true);
        Consumers consumers = new Consumers(database.service());
        try (Sequencer sequencer = sequencer();
                Hints hints = hints();
                Subscription subscription = Subscription.start(
                        database::open, hints, consumer("poisoned", poisoned).build())) {
            for (int version = 1; version <= 4; version++) {
                for (int key = 1; key <= 4; key++) {
                    append(event("key-" + key, version));
                    history.acknowledged(new Change("key-" + key, version));
                }
            }
            Until.holds(
                    () -> consumers.parked("poisoned").stream()
                                    .filter(Parked::dead)
                                    .count()
                            == 2,
                    () -> consumers.parked("poisoned"));
            awaitEffects("effect", 9); // all of keys 3 and 4, the first of key 1
            assertThat(poisoned.asked.getOrDefault(first, 0)).isEqualTo(SOON.attempts());
            assertThat(poisoned.asked).doesNotContainKeys(new Change("key-1", 3), new Change("key-2", 2));
            List<Parked> parked = consumers.parked("poisoned");
            assertThat(parked.stream().mapToLong(Parked::queued).sum()).isEqualTo(7);
            assertThat(parked).allSatisfy(lane -> assertThat(lane.reason()).contains("cannot take"));

            Lane lane = lane(parked, "key-1");
            assertThat(consumers.replay("poisoned", lane, BY)).isTrue();
            Until.holds(() -> poisoned.asked.getOrDefault(first, 0) == 2 * SOON.attempts(), () -> poisoned.asked);
            Until.holds(() -> consumers.parked("poisoned").stream().allMatch(Parked::dead), () -> parked);
            poisoned.poison.remove(first);
            assertThat(consumers.replay("poisoned", lane, BY)).isTrue();
            awaitEffects("effect", 12);
            assertThat(consumers.parked("poisoned")).hasSize(1);

            assertThat(consumers.discard("poisoned", lane(parked, "key-2"), BY)).isTrue();
            awaitEffects("effect", 15);
            Until.holds(() -> consumers.parked("poisoned").isEmpty(), () -> consumers.parked("poisoned"));
            append(event("key-2", 5));
            awaitEffects("effect", 16);
            assertThat(consumers.replay("poisoned", lane, BY))
                    .as("nothing to replay any more")
                    .isFalse();
            assertThat(consumers.interventions("poisoned", 10))
                    .extracting(
                            each -> each.action() + " " + each.lane().key() + " " + each.actor() + " " + each.reason())
                    .containsExactly(
                            "DISCARD key-2 ann repaired", "REPLAY key-1 ann repaired", "REPLAY key-1 ann repaired");
            assertThat(subscription.caughtUp() || sequencer.status().leading()).isTrue();
        }
        assertThat(database.ask("SELECT string_agg((body::json -> 'data' ->> 'version'), ',' ORDER BY nth) FROM effect"
                        + " WHERE body::json -> 'data' ->> 'key' = 'key-1'"))
                .isEqualTo("1,2,3,4");
        assertThat(database.ask("SELECT string_agg((body::json -> 'data' ->> 'version'), ',' ORDER BY nth) FROM effect"
                        + " WHERE body::json -> 'data' ->> 'key' = 'key-2'"))
                .isEqualTo("2,3,4,5");
    }

    private static Lane lane(List<Parked> parked, String key) {
        return parked.stream()
                .map(Parked::lane)
                .filter(lane -> lane.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("15: an effect elsewhere before the failure is stopped the second time by its idempotency key")
    void effectElsewhere() throws Exception {
        Set<String> elsewhere = ConcurrentHashMap.newKeySet();
        AtomicInteger effectsElsewhere = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        Effects effects = effects("effect");
        Handler handler = (connection, event) -> {
            CloudEvent cloudEvent = event.cloudEvent();
            if (elsewhere.add(cloudEvent.source() + ' ' + cloudEvent.id())) {
                effectsElsewhere.incrementAndGet();
            }
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("after the effect");
            }
            effects.handle(connection, event);
        };
        try (Sequencer sequencer = sequencer();
                Subscription subscription = Subscription.start(
                        database::open, null, consumer("elsewhere", handler).build())) {
            append(event("key-1", 1));
            awaitEffects("effect", 1);
            Until.holds(() -> sequencer.status().leading() && subscription.partitions() == 64, sequencer::status);
        }
        assertThat(calls).hasValue(2);
        assertThat(effectsElsewhere).hasValue(1);
    }

    @Test
    void aHandlerThatSwallowsAnErrorOrCommitsIsNotTakenForOneThatWorked() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Effects effects = effects("effect");
        Handler handler = (connection, event) -> {
            int call = calls.incrementAndGet();
            if (call == 1) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT 1 / 0");
                } catch (SQLException e) {
                    return; // swallowed: the transaction is broken all the same
                }
            } else if (call == 2) {
                connection.rollback();
                return;
            }
            effects.handle(connection, event);
        };
        try (Sequencer sequencer = sequencer();
                Subscription subscription = Subscription.start(
                        database::open, null, consumer("swallows", handler).build())) {
            append(event("key-1", 1));
            awaitEffects("effect", 1);
            Until.holds(() -> sequencer.status().leading() && subscription.partitions() == 64, sequencer::status);
        }
        assertThat(calls).hasValue(3);
    }

    @Test
    @DisplayName("16: a slow consumer holds up no other and reads no more than it handles")
    void slowBesideFast() throws Exception {
        Effects fast = effects("fast");
        Effects slow = effects("slow");
        Semaphore allowed = new Semaphore(0);
        Handler held = (connection, event) -> {
            allowed.acquire();
            slow.handle(connection, event);
        };
        List<CloudEvent> events = IntStream.range(0, 3000)
                .mapToObj(i -> event("key-" + i % 40, i / 40 + 1))
                .toList();
        try (Sequencer sequencer = sequencer();
                Hints hints = hints();
                Subscription one = Subscription.start(
                        database::open, hints, consumer("fast", fast).build());
                Subscription two = Subscription.start(
                        database::open, hints, consumer("slow", held).batch(1).build());
                Connection connection = database.open()) {
            Until.holds(() -> one.partitions() == 64 && two.partitions() == 64, two::partitions);
            for (int i = 0; i < events.size(); i += 500) {
                log.append(connection, events.subList(i, i + 500));
            }
            allowed.release(5);
            awaitEffects("fast", events.size());
            awaitEffects("slow", 5);
            assertThat(database.ask("SELECT count(*) FROM slow")).isEqualTo("5");
            allowed.release(events.size());
            awaitEffects("slow", 500);
            Until.holds(() -> sequencer.status().head() == events.size(), sequencer::status);
        }
        assertThat(database.ask("SELECT max(position) + 1 = count(*) FROM slow"))
                .isEqualTo("t");
    }

    @Test
    @DisplayName("17: a consumer that was away catches up without a gap")
    void catchesUp() throws Exception {
        int count = Integer.getInteger("events.catchUp", 20_000);
        long[] next = new long[1];
        Handler dense = (connection, event) -> {
            if (event.offset() != next[0]++) {
                throw new AssertionError(event.offset() + " and not " + (next[0] - 1));
            }
        };
        try (Connection connection = database.open()) {
            for (int done = 0; done < count; done += 2000) {
                int from = done;
                log.append(
                        connection,
                        IntStream.range(from, Math.min(count, from + 2000))
                                .mapToObj(i -> event("key-" + i % 40, i / 40 + 1))
                                .toList());
            }
        }
        Consumers consumers = new Consumers(database.service());
        try (Sequencer sequencer = sequencer()) {
            awaitTicked();
            Token last = append(event("key-1", 1_000_000));
            try (Subscription subscription = Subscription.start(
                    database::open, null, consumer("late", dense).batch(1000).build())) {
                Until.holds(() -> consumers.names().contains("late"), consumers::names);
                assertThat(consumers.awaitReached("late", last, Duration.ofSeconds(60)))
                        .isEqualTo(Consumers.Reached.HANDLED);
                assertThat(subscription.partitions()).isEqualTo(64);
            }
            Until.holds(() -> sequencer.status().head() == count + 1, sequencer::status);
        }
        assertThat(next[0]).isEqualTo(count + 1);
    }

    @Test
    void whoWaitsForItsOwnWriteIsToldWhetherItIsHandledParkedOrNotYet() throws Exception {
        Poisoned poisoned = new Poisoned(effects("effect"));
        poisoned.poison.put(new Change("key-2", 1), true);
        Consumers consumers = new Consumers(database.service());
        Token before;
        try (Sequencer sequencer = sequencer();
                Subscription subscription = Subscription.start(
                        database::open, null, consumer("own", poisoned).build())) {
            Token handled = append(event("key-1", 1));
            Token parked = append(event("key-2", 1));
            Until.holds(() -> subscription.partitions() == 64, subscription::partitions);
            assertThat(consumers.awaitReached("own", Token.parse(handled.toString()), Duration.ofSeconds(30)))
                    .isEqualTo(Consumers.Reached.HANDLED);
            assertThat(consumers.awaitReached("own", parked, Duration.ofSeconds(30)))
                    .isEqualTo(Consumers.Reached.PARKED);
            before = handled;
            Until.holds(() -> sequencer.status().leading(), sequencer::status);
        }
        Token unsequenced = append(event("key-1", 2));
        assertThat(consumers.awaitReached("own", unsequenced, Duration.ofMillis(20)))
                .isEqualTo(Consumers.Reached.NOT_YET);
        assertThat(consumers.awaitReached("own", before, Duration.ZERO)).isEqualTo(Consumers.Reached.HANDLED);
    }
}
