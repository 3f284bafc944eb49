package io.gatewright.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.gatewright.bench.EventsDatabase.Write;
import io.gatewright.events.AppendSignal;
import io.gatewright.events.CloudEvent;
import io.gatewright.events.Consumer;
import io.gatewright.events.EventCheck;
import io.gatewright.events.EventLog;
import io.gatewright.events.Handler;
import io.gatewright.events.Hints;
import io.gatewright.events.Sequencer;
import io.gatewright.events.Subscription;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What the event log costs and gives: appending beside a plain INSERT into an equal table in turns, with NOTIFY inside the
 * transaction for comparison; the time from the append to the handler at a steady rate while a transaction of two seconds
 * is always open; and how fast a consumer that was away catches up.
 */
final class EventsBench {
    private static final int[] WRITERS = {1, 8, 32};
    private static final int ROUNDS = 4; // the first only warms up
    private static final int RATE_PER_SECOND = 1500;
    private static final int PRODUCERS = 4;
    private static final Duration OPEN = Duration.ofSeconds(2);
    private static final int BATCH = 1000;
    private static final String TOPIC = "bench.thing";

    private final int seconds;
    private final int events;
    private final boolean appends;
    private final AtomicLong ids = new AtomicLong();

    EventsBench(int seconds, int events, boolean appends) {
        this.seconds = seconds;
        this.events = events;
        this.appends = appends;
    }

    void run() throws IOException, InterruptedException, ExecutionException, SQLException {
        StringBuilder result = new StringBuilder("result events");
        try (EventsDatabase database = EventsDatabase.start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writers : appends ? WRITERS : new int[0]) {
                appends(database, threads, writers, result);
            }
            latency(database, threads, result);
            catchUp(database, result);
        }
        System.out.println(result);
    }

    private CloudEvent event() {
        long id = ids.incrementAndGet();
        return CloudEvent.of("bench.thing.changed.v1", "/bench")
                .id("event-" + id)
                .tenant("tenant-" + id % 100)
                .key("key-" + id % 1000)
                .data(JsonNodeFactory.instance
                        .objectNode()
                        .put("status", "changed")
                        .put("number", id)
                        .put("text", "an event of some 300 bytes, like those of a business"))
                .build();
    }

    private void appends(EventsDatabase database, ExecutorService threads, int writers, StringBuilder result)
            throws InterruptedException, ExecutionException {
        EventLog log = new EventLog(EventCheck.ANY, null);
        long plain = 0;
        long append = 0;
        long sequenced = 0;
        long notify = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Progress.say("appending with " + writers + " writers, round " + round + " of " + (ROUNDS - 1));
            long first = write(database, threads, writers, EventsDatabase::plainInsert);
            long second = write(database, threads, writers, EventsDatabase.append(log));
            long third;
            try (Sequencer sequencer = sequencer(database)) {
                Progress.say("the same with the sequencer at work: "
                        + sequencer.status().leading());
                third = write(database, threads, writers, EventsDatabase.append(log));
            }
            long fourth = write(database, threads, writers, EventsDatabase::insertAndNotify);
            if (round > 0) {
                plain += first;
                append += second;
                sequenced += third;
                notify += fourth;
            }
        }
        double time = (double) (ROUNDS - 1) * seconds;
        add(result, "append_ratio_" + writers, (double) append / plain);
        add(result, "append_sequenced_ratio_" + writers, (double) sequenced / plain);
        add(result, "notify_inside_ratio_" + writers, (double) notify / plain);
        add(result, "append_" + writers + "_per_s", append / time);
    }

    /** How many transactions of one event the writers committed in the time. */
    private long write(EventsDatabase database, ExecutorService threads, int writers, Write write)
            throws InterruptedException, ExecutionException {
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            tasks.add(() -> {
                long count = 0;
                try (Connection connection = database.open()) {
                    connection.setAutoCommit(false);
                    while (System.nanoTime() - end < 0) {
                        write.in(connection, event());
                        connection.commit();
                        count++;
                    }
                }
                return count;
            });
        }
        long sum = 0;
        for (Future<Long> task : threads.invokeAll(tasks)) {
            sum += task.get();
        }
        return sum;
    }

    private static Sequencer sequencer(EventsDatabase database) {
        Sequencer sequencer = new Sequencer(database::open, Sequencer.Options.DEFAULT);
        sequencer.start();
        return sequencer;
    }

    private void latency(EventsDatabase database, ExecutorService threads, StringBuilder result)
            throws InterruptedException, ExecutionException {
        Progress.say("latency at " + RATE_PER_SECOND + " events a second with a transaction of 2 s always open");
        Map<String, Sent> sent = new ConcurrentHashMap<>();
        Sample sample = new Sample(); // touched by the subscription's thread alone until it is closed, like the next
        Sample late = new Sample();
        Handler handler = (connection, event) -> {
            Sent times = sent.remove(event.cloudEvent().id());
            if (times != null) {
                sample.add(System.nanoTime() - times.due());
                late.add(times.begun() - times.due());
            }
        };
        AtomicBoolean done = new AtomicBoolean();
        try (AppendSignal signal = new AppendSignal(database::open);
                Sequencer sequencer = sequencer(database);
                Hints hints = new Hints(database::open, Duration.ofSeconds(5))) {
            hints.start();
            awaitCaughtUp(sequencer);
            try (Subscription subscription = Subscription.start(
                    database::open,
                    hints,
                    Consumer.named("latency", List.of(TOPIC), handler).build())) {
                while (subscription.partitions() == 0) {
                    LockSupport.parkNanos(1_000_000);
                }
                Future<?> open = threads.submit(() -> {
                    keepOpen(database, done);
                    return null;
                });
                EventLog log = new EventLog(EventCheck.ANY, signal);
                // First a process that has just started: while it compiles itself on the same cores, everything is
                // late.
                produce(database, threads, log, new ConcurrentHashMap<>());
                produce(database, threads, log, sent);
                while (!sent.isEmpty()) {
                    LockSupport.parkNanos(1_000_000);
                }
                done.set(true);
                open.get();
            }
        }
        result.append(" latency_events=").append(sample.size());
        result.append(" latency_p50_ms=").append(sample.percentileMillis(0.5));
        result.append(" latency_p99_ms=").append(sample.percentileMillis(0.99));
        result.append(" producers_late_p99_ms=").append(late.percentileMillis(0.99));
    }

    private static void awaitCaughtUp(Sequencer sequencer) {
        Progress.say("waiting until all events before have their offsets");
        long before = -1;
        while (!sequencer.status().leading() || before != sequencer.status().head()) {
            before = sequencer.status().head();
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        }
    }

    private static void keepOpen(EventsDatabase database, AtomicBoolean done) throws SQLException {
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!done.get()) {
                statement.execute("INSERT INTO noise DEFAULT VALUES");
                LockSupport.parkNanos(OPEN.toNanos());
                connection.commit();
            }
        }
    }

    /** When an event was due, and when its producer came to append it. */
    private record Sent(long due, long begun) {}

    private void produce(EventsDatabase database, ExecutorService threads, EventLog log, Map<String, Sent> sent)
            throws InterruptedException, ExecutionException {
        List<Callable<Void>> producers = new ArrayList<>();
        for (int producer = 0; producer < PRODUCERS; producer++) {
            producers.add(() -> {
                produce(database, log, sent);
                return null;
            });
        }
        for (Future<Void> producer : threads.invokeAll(producers)) {
            producer.get();
        }
    }

    /** Its share of the rate; what it is late it makes up for, and the lateness counts. */
    private void produce(EventsDatabase database, EventLog log, Map<String, Sent> sent) throws SQLException {
        long interval = Duration.ofSeconds(1).toNanos() * PRODUCERS / RATE_PER_SECOND;
        long count = Duration.ofSeconds(4L * seconds).toNanos() / interval;
        try (Connection connection = database.open()) {
            connection.setAutoCommit(false);
            long start = System.nanoTime();
            for (long i = 0; i < count; i++) {
                long due = start + i * interval;
                while (System.nanoTime() - due < 0) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                CloudEvent event = event();
                sent.put(event.id(), new Sent(due, System.nanoTime()));
                log.append(connection, event);
                connection.commit();
                log.committed();
            }
        }
    }

    private void catchUp(EventsDatabase database, StringBuilder result) throws SQLException {
        Progress.say("appending " + events + " events for the consumer that was away");
        EventLog log = new EventLog(EventCheck.ANY, null);
        AtomicLong taken = new AtomicLong();
        Handler handler = (connection, event) -> taken.incrementAndGet();
        Consumer consumer =
                Consumer.named("catch-up", List.of(TOPIC), handler).batch(BATCH).build();
        try (Sequencer sequencer = sequencer(database);
                Connection connection = database.open()) {
            awaitCaughtUp(sequencer);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT events.subscribe('catch-up', '{" + TOPIC + "}')");
            }
            for (int done = 0; done < events; done += BATCH) {
                List<CloudEvent> batch = new ArrayList<>(BATCH);
                for (int i = done; i < Math.min(events, done + BATCH); i++) {
                    batch.add(event());
                }
                log.append(connection, batch);
            }
            awaitCaughtUp(sequencer);
        }
        Progress.say("catching up");
        long start = System.nanoTime();
        try (Subscription subscription = Subscription.start(database::open, null, consumer)) {
            while (taken.get() < events) {
                LockSupport.parkNanos(1_000_000);
            }
            double time = (System.nanoTime() - start) / 1e9;
            Progress.say("a member with " + subscription.partitions() + " partitions");
            add(result, "catch_up_per_s", events / time);
        }
    }

    private static void add(StringBuilder result, String key, double value) {
        String text = String.format(Locale.ROOT, value < 100 ? "%.3f" : "%.0f", value);
        result.append(' ').append(key).append('=').append(text);
    }
}
