package io.gatewright.events;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears the hints of the sequencer for all subscriptions of a process, on one connection: before version 19 every
 * notification wakes every listening session of a database. Thread-safe.
 *
 * <p>It listens first, then has everyone catch up, then waits, and does so again after every lost connection. Behind a
 * proxy that lends sessions per transaction LISTEN succeeds and nothing ever arrives: it tries that out, and when so,
 * everyone polls.
 */
public final class Hints implements AutoCloseable {
    /** The channel; the payload is JSON, see {@link Hint}. */
    public static final String CHANNEL = "gatewright_events";

    private static final Logger LOG = LoggerFactory.getLogger(Hints.class);
    private static final String PROBE = "gatewright_probe";
    private static final int PROBE_MILLIS = 2_000;
    private static final long LAST_DELAY_MILLIS = 1_000;
    private static final Duration RETRY_WHEN_DEAF = Duration.ofMinutes(5);

    private final Connecting connecting;
    private final int silenceMillis;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("event-hints").unstarted(this::run);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition heard = lock.newCondition();
    private long count; // guarded by lock
    private @Nullable Hint latest; // guarded by lock
    private volatile @Nullable Boolean deaf; // null: not known yet
    private volatile @Nullable Connection held;

    /** Whether hints are heard. */
    public enum State {
        /** Not known yet, or without connection. */
        CONNECTING,
        LISTENING,
        /** Notifications do not get through; everyone polls. */
        DEAF
    }

    /**
     * Connects to nothing yet.
     *
     * @param silence after how long without a hint it makes sure that the connection lives, 10 ms to 1 min
     */
    public Hints(Connecting connecting, Duration silence) {
        if (silence.toMillis() < 10 || silence.toMillis() > 60_000) {
            throw new IllegalArgumentException("silence must be 10 ms to 1 min");
        }
        this.connecting = connecting;
        this.silenceMillis = Math.toIntExact(silence.toMillis());
    }

    /** Starts, once, and returns at once. */
    public void start() {
        thread.start();
    }

    public State state() {
        Boolean now = deaf;
        return now == null ? State.CONNECTING : now ? State.DEAF : State.LISTENING;
    }

    /** Rises with every hint and every new connection. */
    public long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** The last hint heard. */
    public Optional<Hint> latest() {
        lock.lock();
        try {
            return Optional.ofNullable(latest);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the count is another than this one, or the time is over. */
    public void await(long seen, Duration most) throws InterruptedException {
        long left = most.toNanos();
        lock.lock();
        try {
            while (count == seen && left > 0) {
                left = heard.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        Threads.abort(held); // close() would wait until the driver stops waiting for notifications
        if (thread.getState() != Thread.State.NEW) {
            Threads.join(thread);
        }
    }

    private void run() {
        int failures = 0;
        while (closed.getCount() > 0) {
            try (Connection connection = connecting.open()) {
                held = connection;
                listen(connection);
                failures = 0;
                wake(null);
                if (getsThrough(connection)) {
                    deaf = false;
                    follow(connection);
                } else if (closed.getCount() > 0) {
                    deaf = true;
                    LOG.warn("event=hints_deaf reason=\"a proxy lends sessions per transaction\" action=poll");
                }
            } catch (SQLException | RuntimeException e) {
                deaf = null;
                if (closed.getCount() > 0) {
                    if (failures == 0) {
                        LOG.warn("event=hints_disconnected problem=\"{}\"", e.getMessage());
                    }
                    pause(ThreadLocalRandom.current()
                            .nextLong(5, Math.min(LAST_DELAY_MILLIS, 20L << Math.min(failures++, 6))));
                }
            } finally {
                held = null;
            }
            if (state() == State.DEAF) {
                pause(RETRY_WHEN_DEAF.toMillis());
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        connection.setNetworkTimeout(Runnable::run, 2 * silenceMillis + 1_000);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + CHANNEL + "; LISTEN " + PROBE);
        }
    }

    /** Whether a notification from another session arrives here. */
    private boolean getsThrough(Connection connection) throws SQLException {
        String nonce = UUID.randomUUID().toString();
        try (Connection other = connecting.open();
                Statement statement = other.createStatement()) {
            statement.execute("NOTIFY " + PROBE + ", '" + nonce + "'");
        }
        long end = System.nanoTime() + Duration.ofMillis(PROBE_MILLIS).toNanos();
        while (closed.getCount() > 0 && System.nanoTime() - end < 0) {
            boolean heard = false;
            for (PGNotification notification : notifications(connection, 200)) {
                heard |= notification.getName().equals(PROBE)
                        && notification.getParameter().equals(nonce);
                take(notification); // also those that came together with the probe
            }
            if (heard) {
                return true;
            }
        }
        return false;
    }

    private void follow(Connection connection) throws SQLException {
        while (closed.getCount() > 0) {
            PGNotification[] notifications = notifications(connection, silenceMillis);
            for (PGNotification notification : notifications) {
                take(notification);
            }
            if (notifications.length == 0) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT 1");
                }
            }
        }
    }

    /** The driver gives nothing inside a transaction, and does not say so. */
    static PGNotification[] notifications(Connection connection, int millis) throws SQLException {
        if (!connection.getAutoCommit()) {
            throw new EventsException("Notifications cannot be heard inside a transaction: set auto-commit");
        }
        return connection.unwrap(PGConnection.class).getNotifications(millis);
    }

    private void take(PGNotification notification) {
        if (notification.getName().equals(CHANNEL)) {
            wake(Hint.parse(notification.getParameter()).orElse(null));
        }
    }

    private void wake(@Nullable Hint hint) {
        lock.lock();
        try {
            count++;
            latest = hint == null ? latest : hint;
            heard.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void pause(long millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed.countDown(); // only the end of the process interrupts it
        }
    }
}
