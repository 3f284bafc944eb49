package io.gatewright.registry;

import io.gatewright.settings.Settings;
import io.gatewright.settings.SettingsChange;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the registry: always the newest settings, and a call for every step. Thread-safe; subscribers are called in
 * their order, one step at a time, on the feed's own virtual thread or on that of {@link #look}.
 *
 * <p>A notification is a hint; every {@code pollInterval} the feed looks in any case. It listens before it reads, so
 * nothing committed in between is missed. While Postgres is away it keeps what it has, or starts from the last good file.
 */
public final class SettingsFeed implements AutoCloseable {
    public static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(SettingsFeed.class);
    private static final long FIRST_DELAY_MILLIS = 50;
    private static final long LAST_DELAY_MILLIS = 1_000;

    /** Opens the connection that listens. It is held as long as it lives, so it comes from outside the pool. */
    @FunctionalInterface
    public interface Listening {
        Connection open() throws SQLException;
    }

    /**
     * How the feed is.
     *
     * @param connected whether it follows the database right now
     * @param stale whether the current settings come from the last good file, or from nowhere, and Postgres has not been
     *     heard yet
     * @param revision of the current settings
     * @param since when it became connected, or ceased to be
     */
    public record Status(boolean connected, boolean stale, long revision, Instant since) {}

    private record Link(boolean connected, boolean everRead, Instant since) {}

    private final Listening listening;
    private final DataSource reading;
    private final @Nullable Path lastGoodFile;
    private final @Nullable LastGoodWriter lastGoodWriter;
    private final int pollMillis;
    private final Clock clock;
    private final List<Consumer<SettingsChange>> subscribers = new CopyOnWriteArrayList<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("settings-feed").unstarted(this::follow);
    private final ReentrantLock stepping = new ReentrantLock();
    private volatile Known known = Known.NOTHING; // written while stepping
    private volatile Link link; // written by the feed's thread
    private volatile @Nullable Connection listener;

    /**
     * Connects to nothing yet.
     *
     * @param lastGoodFile where to keep the last good settings; null: nowhere
     * @param pollInterval at least 1 ms, {@link #POLL_INTERVAL} is a good one
     */
    public SettingsFeed(
            Listening listening, DataSource reading, @Nullable Path lastGoodFile, Duration pollInterval, Clock clock) {
        this.listening = listening;
        this.reading = reading;
        this.lastGoodFile = lastGoodFile;
        this.lastGoodWriter = lastGoodFile == null ? null : new LastGoodWriter(lastGoodFile);
        this.pollMillis = Math.toIntExact(Math.max(1, pollInterval.toMillis()));
        this.clock = clock;
        this.link = new Link(false, false, clock.instant());
    }

    /**
     * Starts, once, and returns when the first settings are there and were given to the subscribers, or when Postgres could
     * not be reached and the last good file was tried instead; see {@link #status}.
     */
    public void start() {
        thread.start();
        try {
            started.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The newest settings known, {@link Settings#EMPTY} before the first. */
    public Settings current() {
        return known.settings();
    }

    /** Has it called for every later step. What it throws is logged and stops nothing. Blocks the feed while it runs. */
    public void subscribe(Consumer<SettingsChange> subscriber) {
        subscribers.add(subscriber);
    }

    /**
     * Looks now, without waiting for the notification: when this returns, subscribers have been given what was committed
     * before. For the process that committed it. Does nothing while Postgres is away; the feed's thread goes on by itself.
     */
    public void look() {
        if (link.connected()) {
            try {
                synchronise();
            } catch (SQLException | RuntimeException e) {
                LOG.debug("event=settings_feed_look_failed", e); // the feed's thread meets the same and acts on it
            }
        }
    }

    public Status status() {
        Link now = link;
        return new Status(now.connected(), !now.everRead(), known.settings().revision(), now.since());
    }

    /** Stops, writes the last good file, and leaves neither thread nor connection behind. */
    @Override
    public void close() {
        closed.countDown();
        Connection held = listener;
        if (held != null) {
            try {
                held.abort(Runnable::run); // close() would wait until the driver stops waiting for notifications
            } catch (SQLException e) {
                LOG.debug("event=settings_feed_abort_failed", e);
            }
        }
        Threads.join(thread);
        if (lastGoodWriter != null) {
            lastGoodWriter.close();
        }
    }

    private void follow() {
        int failures = 0;
        while (closed.getCount() > 0) {
            try (Connection connection = listening.open()) {
                listener = connection;
                listen(connection);
                synchronise();
                failures = 0;
                connected();
                while (closed.getCount() > 0) {
                    connection.unwrap(PGConnection.class).getNotifications(pollMillis);
                    synchronise();
                }
            } catch (SQLException | RuntimeException e) {
                disconnected(e);
                startFromFile();
                await(failures++);
            } finally {
                listener = null;
            }
        }
        started.countDown();
    }

    private static void listen(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + Registry.CHANNEL);
        }
    }

    private void synchronise() throws SQLException {
        stepping.lock();
        try {
            if (closed.getCount() > 0) {
                step();
            }
        } finally {
            stepping.unlock();
        }
    }

    private void step() throws SQLException {
        Known.Step step;
        try (Connection connection = reading.getConnection()) {
            Optional<Known.Step> forward =
                    link.everRead() ? known.read(connection, WhenUnreadable.SKIP) : Optional.empty();
            step = forward.isPresent() ? forward.get() : reload(connection);
        }
        take(step);
    }

    private Known.Step reload(Connection connection) throws SQLException {
        if (link.everRead()) {
            LOG.error(
                    "event=settings_feed_diverged revision={} hash={} action=reload",
                    known.settings().revision(),
                    known.hash());
        }
        Known loaded = Known.loadInSnapshot(connection, WhenUnreadable.SKIP);
        return new Known.Step(loaded, Known.difference(known.settings(), loaded.settings()));
    }

    private void take(Known.Step step) {
        Settings previous = known.settings();
        boolean moved = !step.known().hash().equals(known.hash());
        known = step.known();
        if (moved || !step.changed().isEmpty()) {
            SettingsChange change = SettingsChange.between(previous, known.settings(), step.changed());
            subscribers.forEach(subscriber -> call(subscriber, change));
            if (lastGoodWriter != null) {
                lastGoodWriter.changed(known);
            }
        }
    }

    private static void call(Consumer<SettingsChange> subscriber, SettingsChange change) {
        try {
            subscriber.accept(change);
        } catch (RuntimeException e) {
            LOG.error(
                    "event=settings_subscriber_failed revision={}",
                    change.current().revision(),
                    e);
        }
    }

    private void connected() {
        link = new Link(true, true, clock.instant());
        started.countDown();
        LOG.info("event=settings_feed_connected revision={}", known.settings().revision());
    }

    private void disconnected(Exception e) {
        boolean news = link.connected() || started.getCount() > 0;
        if (news && closed.getCount() > 0) {
            link = new Link(false, link.everRead(), clock.instant());
            LOG.warn(
                    "event=settings_feed_disconnected revision={} problem=\"{}\"",
                    known.settings().revision(),
                    e.getMessage());
        }
    }

    private void startFromFile() {
        if (lastGoodFile != null && started.getCount() > 0 && closed.getCount() > 0) {
            try {
                Known kept = LastGoodFile.read(lastGoodFile);
                LOG.warn(
                        "event=settings_feed_started_from_file path={} revision={}",
                        lastGoodFile,
                        kept.settings().revision());
                Settings previous = known.settings();
                known = kept;
                SettingsChange change =
                        SettingsChange.between(previous, kept.settings(), Known.difference(previous, kept.settings()));
                subscribers.forEach(subscriber -> call(subscriber, change));
            } catch (IOException e) {
                LOG.error("event=last_good_file_refused path={} problem=\"{}\"", lastGoodFile, e.getMessage());
            }
        }
        started.countDown();
    }

    private void await(int failures) {
        long most = Math.min(LAST_DELAY_MILLIS, FIRST_DELAY_MILLIS << Math.min(failures, 5));
        try {
            closed.await(ThreadLocalRandom.current().nextLong(most / 2, most + 1), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed.countDown(); // only the end of the process interrupts it
        }
    }
}
