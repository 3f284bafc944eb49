package io.gatewright.events;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives committed events their offsets and tells who listens. Thread-safe; any number may run on a database, one of them
 * leads and the others take over when it falls silent.
 *
 * <p>The {@link AppendSignal} only shortens the wait: without it, events are found by polling. Whatever stops it between two
 * ticks or inside one loses nothing, for the tick is one transaction and the next begins where the last committed one ended.
 */
public final class Sequencer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sequencer.class);
    private static final long DAYS_EVERY_NANOS = Duration.ofHours(1).toNanos();
    private static final long LAST_DELAY_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 20;
    private static final Duration LAST_TICK = Duration.ofSeconds(10);

    /**
     * How it works.
     *
     * @param pace the shortest time between two ticks, 0 to 100 ms; it also pauses for as long as a tick took, so that it never
     *     takes more than half a processor
     * @param poll how long it waits at most before it looks for events, 1 ms to 10 s
     * @param lease how long a silent leader is waited for, 100 ms to 1 min
     * @param hints whether hints are notified and signals heard; without, everyone polls
     * @param inlineTopics topics that are not sensitive: their small events travel inside the hint, which every login of the
     *     database can read
     * @param daysAhead for how many days the log has room ahead, 1 to 60
     */
    public record Options(
            Duration pace, Duration poll, Duration lease, boolean hints, Set<String> inlineTopics, int daysAhead) {
        public static final Options DEFAULT =
                new Options(Duration.ofMillis(1), Duration.ofMillis(200), Duration.ofSeconds(3), true, Set.of(), 5);

        public Options {
            inlineTopics = Set.copyOf(inlineTopics);
            require(!pace.isNegative() && pace.toMillis() <= 100, "pace must be 0 to 100 ms");
            require(poll.toMillis() >= 1 && poll.toMillis() <= 10_000, "poll must be 1 ms to 10 s");
            require(lease.toMillis() >= 100 && lease.toMillis() <= 60_000, "lease must be 100 ms to 1 min");
            require(daysAhead >= 1 && daysAhead <= 60, "daysAhead must be 1 to 60");
        }

        private static void require(boolean fine, String problem) {
            if (!fine) {
                throw new IllegalArgumentException(problem);
            }
        }
    }

    /**
     * How it is.
     *
     * @param leading whether this one gives the offsets
     * @param epoch of the last tick it took, 0 before it led
     * @param head the offset that the next event gets
     * @param ticks how many it took
     * @param tickNanos how long they took together
     * @param errors how often it lost its connection or was refused something
     */
    public record Status(boolean leading, int epoch, long head, long ticks, long tickNanos, long errors) {}

    private record Standing(boolean leading, int epoch, long head) {}

    private final Connecting connecting;
    private final Options options;
    private final String name = "gatewright-sequencer-" + UUID.randomUUID();
    private final Election election;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("sequencer").unstarted(this::run);
    private final LongAdder ticks = new LongAdder();
    private final LongAdder tickNanos = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private volatile Standing standing = new Standing(false, 0, 0);
    private final Object gate = new Object();
    private boolean listening; // guarded by gate
    private volatile @Nullable Connection held;

    public Sequencer(Connecting connecting, Options options) {
        this.connecting = connecting;
        this.options = options;
        this.election = new Election(name, options.lease());
    }

    /** Starts, once, and returns at once; it connects and reconnects by itself. */
    public void start() {
        thread.start();
    }

    public Status status() {
        Standing now = standing;
        return new Status(now.leading(), now.epoch(), now.head(), ticks.sum(), tickNanos.sum(), errors.sum());
    }

    /** Lets a tick that runs come to its end, within ten seconds: then nothing of it is at work any more. */
    @Override
    public void close() {
        closed.countDown();
        synchronized (gate) {
            if (listening) {
                Threads.abort(held); // else it would go on until the driver stops waiting for notifications
            }
        }
        if (thread.getState() != Thread.State.NEW && !Threads.join(thread, LAST_TICK)) {
            Threads.abort(held);
            Threads.join(thread);
        }
    }

    private void run() {
        int failures = 0;
        while (closed.getCount() > 0) {
            try (Connection connection = connecting.open()) {
                held = connection;
                prepare(connection);
                if (awaitOffice(connection)) {
                    failures = 0;
                    lead(connection);
                }
            } catch (SQLException | RuntimeException e) {
                if (closed.getCount() > 0) {
                    errors.increment();
                    if (failures == 0) {
                        LOG.warn(
                                "event=sequencer_interrupted leading={} problem=\"{}\"",
                                standing.leading(),
                                e.getMessage());
                    }
                    pause(ThreadLocalRandom.current()
                            .nextLong(10, Math.min(LAST_DELAY_MILLIS, 20L << Math.min(failures++, 6))));
                }
            } finally {
                held = null;
                standing = new Standing(false, standing.epoch(), standing.head());
            }
        }
    }

    private void prepare(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = on; SET enable_seqscan = off; SET jit = off;"
                    + " SET plan_cache_mode = force_generic_plan; SET application_name = '" + name + "';"
                    + " SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            try (ResultSet row = statement.executeQuery("SELECT seqcache FROM pg_sequence"
                    + " WHERE seqrelid = pg_get_serial_sequence('events.log', 'seq')::regclass")) {
                row.next();
                if (row.getLong(1) != 1) {
                    throw new EventsException("The sequence of events.log.seq caches " + row.getLong(1)
                            + " numbers, which breaks the order of events: ALTER TABLE events.log ALTER COLUMN seq SET"
                            + " CACHE 1");
                }
            }
        }
    }

    private boolean awaitOffice(Connection connection) throws SQLException {
        while (closed.getCount() > 0) {
            if (election.win(connection)) {
                return true;
            }
            pause(options.lease().toMillis() / 10);
        }
        return false;
    }

    private void lead(Connection connection) throws SQLException {
        if (options.hints()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("LISTEN " + AppendSignal.CHANNEL);
            }
        }
        Ticker ticker = Ticker.resume(
                connection, EpochTable.current(connection), new TickerOptions(options.hints(), options.inlineTopics()));
        LOG.info("event=sequencer_leads epoch={} head={}", ticker.epoch().number(), ticker.head());
        long beatNanos = options.lease().toNanos() / 4;
        long beat = System.nanoTime() - beatNanos;
        long days = System.nanoTime() - DAYS_EVERY_NANOS;
        long idleMillis = 1;
        while (closed.getCount() > 0) {
            long start = System.nanoTime();
            if (start - days >= DAYS_EVERY_NANOS) {
                prepareDays(connection);
                days = start;
            }
            if (start - beat >= beatNanos) {
                election.beat(connection);
                beat = start;
            }
            long refused = ticker.hintsRefused();
            int n = ticker.tick(connection);
            if (ticker.hintsRefused() > refused) {
                errors.increment();
                LOG.error("event=hint_refused reason=\"the notification queue is full\" action=\"readers poll; end the"
                        + " session that listens inside a transaction\"");
            }
            standing = new Standing(true, ticker.epoch().number(), ticker.head());
            if (n > 0) {
                ticks.increment();
                tickNanos.add(System.nanoTime() - start);
            }
            // Who appends before a long commit has signalled too early: after any sign of life it looks again soon.
            boolean signalled = sleep(
                    connection, n > 0 ? rest(System.nanoTime() - start) : Math.min(idleMillis, beatNanos / 2_000_000));
            idleMillis = n > 0 || signalled
                    ? 1
                    : Math.min(2 * idleMillis, options.poll().toMillis());
        }
    }

    private long rest(long tookNanos) {
        return Math.max(options.pace().toMillis(), Math.min(LONGEST_PAUSE_MILLIS, tookNanos / 1_000_000));
    }

    /** Whether a signal ended it. */
    private boolean sleep(Connection connection, long millis) throws SQLException {
        if (!options.hints()) {
            pause(millis);
            return false;
        }
        synchronized (gate) {
            if (closed.getCount() == 0) {
                return false;
            }
            listening = true;
        }
        try {
            PGConnection postgres = connection.unwrap(PGConnection.class);
            return millis == 0
                    ? postgres.getNotifications().length > 0
                    : postgres.getNotifications(Math.toIntExact(millis)).length > 0;
        } finally {
            synchronized (gate) {
                listening = false;
            }
        }
    }

    private void prepareDays(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT events.prepare_days(" + options.daysAhead() + ")");
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
