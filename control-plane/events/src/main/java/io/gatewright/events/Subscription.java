package io.gatewright.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a consumer: reads the partitions that are its share and calls the handler, on a virtual thread and two
 * connections of its own. Thread-safe.
 *
 * <p>Each event is delivered at least once, in order per key; what the handler writes through the given connection happens
 * exactly once. Run several with one consumer name, in one process or many, to work in parallel.
 */
public final class Subscription implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
    private static final long LAST_DELAY_MILLIS = 1_000;
    private static final int MUCH = 50; // more than lies between two hints when hints come

    private final Connecting connecting;
    private final @Nullable Hints hints;
    private final Consumer consumer;
    private final String id = "gatewright-member-" + UUID.randomUUID();
    private final Membership membership;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile int partitions;
    private volatile boolean caughtUp;

    private Subscription(Connecting connecting, @Nullable Hints hints, Consumer consumer) {
        this.connecting = connecting;
        this.hints = hints;
        this.consumer = consumer;
        this.membership = new Membership(consumer.name(), id, consumer.lease());
        this.thread = Thread.ofVirtual().name("subscription-" + consumer.name()).unstarted(this::run);
    }

    /**
     * Starts and returns at once; it connects and reconnects by itself.
     *
     * @param hints of this process, started by the caller; null: polls
     */
    public static Subscription start(Connecting connecting, @Nullable Hints hints, Consumer consumer) {
        Subscription subscription = new Subscription(connecting, hints, consumer);
        subscription.thread.start();
        return subscription;
    }

    /** How many partitions are its share right now. */
    public int partitions() {
        return partitions;
    }

    /** Whether it found nothing to read when it last looked. */
    public boolean caughtUp() {
        return caughtUp;
    }

    /** Lets the handler finish the transaction it is in, and gives the partitions back. */
    @Override
    public void close() {
        closed.countDown();
        Threads.join(thread);
    }

    private void run() {
        int failures = 0;
        while (closed.getCount() > 0) {
            try (Connection connection = connecting.open();
                    ReadAhead reads = ReadAhead.open(connecting, consumer, id)) {
                prepare(connection);
                Delivery delivery = new Delivery(connection, reads, consumer, id);
                round(connection, delivery);
                failures = 0;
                follow(connection, delivery);
                leave(connection, delivery);
            } catch (SQLException | RuntimeException e) {
                if (failures == 0) {
                    LOG.warn(
                            "event=subscription_interrupted consumer={} problem=\"{}\"",
                            consumer.name(),
                            e.getMessage());
                }
                pause(ThreadLocalRandom.current()
                        .nextLong(5, Math.min(LAST_DELAY_MILLIS, 20L << Math.min(failures++, 6))));
            }
            partitions = 0;
        }
    }

    private void prepare(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET application_name = '" + id + "'; SET idle_in_transaction_session_timeout = "
                    + consumer.handlerLimit().toMillis());
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT events.subscribe(?, ?, ?)")) {
            statement.setString(1, consumer.name());
            statement.setArray(
                    2, connection.createArrayOf("text", consumer.topics().toArray()));
            statement.setBoolean(3, consumer.fromFirst());
            statement.execute();
        }
    }

    private void follow(Connection connection, Delivery delivery) throws SQLException {
        long roundNanos = consumer.lease().toNanos() / 4;
        long round = System.nanoTime();
        while (closed.getCount() > 0) {
            try {
                if (System.nanoTime() - round >= roundNanos) {
                    round(connection, delivery);
                    round = System.nanoTime();
                }
                long seen = hints == null ? 0 : hints.count();
                delivery.retry();
                List<LogReader.Row> rows = delivery.look();
                caughtUp = rows.isEmpty();
                delivery.page(rows);
                boolean more = more(delivery, rows.size());
                caughtUp = !more;
                if (!more) {
                    long untilRound = Math.max(0, roundNanos - (System.nanoTime() - round));
                    await(seen, delivery.untilRetry(Math.min(consumer.poll().toNanos(), untilRound)));
                }
            } catch (LostPartition e) {
                LOG.info("event=partition_lost consumer={} member={}", consumer.name(), id);
                delivery.load();
            }
        }
    }

    /** Whether to read on at once: always after much, else unless the hints say that this was all. */
    private boolean more(Delivery delivery, int read) {
        if (read == 0 || read >= MUCH || hints == null) {
            return read > 0;
        }
        return hints.latest().map(hint -> hint.to() >= delivery.next()).orElse(true);
    }

    /** Shows that it lives, gives back what is not its share any more, and takes what is and is free. */
    private void round(Connection connection, Delivery delivery) throws SQLException {
        delivery.sweep();
        List<String> alive = membership.beat(connection);
        List<Integer> share = membership.share(alive);
        List<Integer> surplus = new ArrayList<>(delivery.held().keySet());
        surplus.removeAll(share);
        if (!surplus.isEmpty()) {
            CursorTable.release(connection, consumer.name(), id, surplus);
        }
        if (!delivery.held().keySet().containsAll(share)) {
            CursorTable.take(connection, consumer.name(), id, share, alive);
        }
        delivery.load();
        partitions = delivery.held().size();
    }

    private void leave(Connection connection, Delivery delivery) throws SQLException {
        try {
            delivery.sweep();
        } catch (LostPartition e) {
            delivery.load();
        }
        CursorTable.release(connection, consumer.name(), id, delivery.held().keySet());
        membership.leave(connection);
    }

    private void await(long seen, long nanos) {
        try {
            if (hints == null) {
                closed.await(nanos, TimeUnit.NANOSECONDS);
            } else {
                hints.await(seen, Duration.ofNanos(nanos));
            }
        } catch (InterruptedException e) {
            closed.countDown(); // only the end of the process interrupts it
        }
    }

    private void pause(long millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed.countDown();
        }
    }
}
