package io.gatewright.events;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the sequencer: a NOTIFY without payload from a connection of its own, however many appends there are. Thread-safe;
 * one per process.
 *
 * <p>A NOTIFY inside the business transaction would hold a lock of the whole cluster through that transaction's flush. This
 * one has nothing to flush. When it is lost, the sequencer finds the events by polling.
 */
public final class AppendSignal implements AutoCloseable {
    /** The channel the sequencer listens to. */
    static final String CHANNEL = "gatewright_append";

    private static final Logger LOG = LoggerFactory.getLogger(AppendSignal.class);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    private final Connecting connecting;
    private final AtomicBoolean raised = new AtomicBoolean();
    private final Semaphore work = new Semaphore(0);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("append-signal").unstarted(this::run);

    /** Connects at the first signal. */
    public AppendSignal(Connecting connecting) {
        this.connecting = connecting;
        thread.start();
    }

    /** Never blocks. At most one NOTIFY every 5 ms comes of it. */
    public void raise() {
        if (!raised.get() && !raised.getAndSet(true)) {
            work.release();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        work.release();
        Threads.join(thread);
    }

    private void run() {
        Connection connection = null;
        while (closed.getCount() > 0) {
            try {
                work.acquire();
                if (closed.getCount() > 0) {
                    connection = connection == null ? connecting.open() : connection;
                    raised.set(false);
                    notify(connection);
                    pause(PAUSE);
                }
            } catch (SQLException e) {
                LOG.warn("event=append_signal_failed problem=\"{}\"", e.getMessage());
                Threads.close(connection);
                connection = null;
                raised.set(false);
                pause(AFTER_FAILURE);
            } catch (InterruptedException e) {
                closed.countDown(); // only the end of the process interrupts it
            }
        }
        Threads.close(connection);
    }

    private static void notify(@Nullable Connection connection) throws SQLException {
        if (connection != null) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("NOTIFY " + CHANNEL);
            }
        }
    }

    private void pause(Duration duration) {
        try {
            closed.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed.countDown();
        }
    }
}
