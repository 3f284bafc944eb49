package io.gatewright.events;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends events about what was seen and has no transaction of its own: many at once, on a virtual thread. Thread-safe.
 *
 * <p>While the database is away they wait, up to {@value #MOST_WAITING}; what comes beyond is lost, and counted. A process
 * that is killed loses what waits.
 */
public final class Observations implements AutoCloseable {
    static final int MOST_WAITING = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(Observations.class);
    private static final int AT_ONCE = 500;
    private static final long LOOK_MILLIS = 500;
    private static final long LAST_DELAY_MILLIS = 2_000;

    private final DataSource dataSource;
    private final EventLog log;
    private final BlockingQueue<Supplier<CloudEvent>> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final LongAdder lost = new LongAdder();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("event-observations").unstarted(this::run);

    /** @param dataSource connections in the role {@code gatewright_service}, in auto-commit */
    public Observations(DataSource dataSource, EventLog log) {
        this.dataSource = dataSource;
        this.log = log;
        thread.start();
    }

    /**
     * Takes what was seen. Never blocks.
     *
     * @param event called later, on another thread
     */
    public void offer(Supplier<CloudEvent> event) {
        if (!waiting.offer(event)) {
            lost.increment();
        }
    }

    /** How many wait to be appended. */
    public int waiting() {
        return waiting.size();
    }

    /** How many will never be. */
    public long lost() {
        return lost.sum();
    }

    /** Appends what waits, unless the database is away. */
    @Override
    public void close() {
        closed.countDown();
        Threads.join(thread);
    }

    private void run() {
        List<Supplier<CloudEvent>> taken = new ArrayList<>();
        try {
            while (closed.getCount() > 0 || !waiting.isEmpty()) {
                Supplier<CloudEvent> first =
                        waiting.poll(closed.getCount() > 0 ? LOOK_MILLIS : 0, TimeUnit.MILLISECONDS);
                if (first != null) {
                    taken.add(first);
                    waiting.drainTo(taken, AT_ONCE - 1);
                    append(events(taken));
                    taken.clear();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("only the end of the process interrupts it", e);
        }
    }

    private List<CloudEvent> events(List<Supplier<CloudEvent>> suppliers) {
        List<CloudEvent> events = new ArrayList<>(suppliers.size());
        for (Supplier<CloudEvent> supplier : suppliers) {
            try {
                events.add(supplier.get());
            } catch (RuntimeException e) {
                lose(1, e);
            }
        }
        return events;
    }

    private void append(List<CloudEvent> events) throws InterruptedException {
        for (int failures = 0; ; failures++) {
            try (Connection connection = dataSource.getConnection()) {
                log.append(connection, events);
                return;
            } catch (EventRefused e) {
                refused(events, e);
                return;
            } catch (SQLException e) {
                if (failures == 0) {
                    LOG.warn("event=observations_wait count={} problem=\"{}\"", events.size(), e.getMessage());
                }
                if (closed.await(Math.min(LAST_DELAY_MILLIS, 50L << Math.min(failures, 6)), TimeUnit.MILLISECONDS)) {
                    lose(events.size(), e);
                    return;
                }
            }
        }
    }

    /** One of them makes all fail: the others are appended one by one. */
    private void refused(List<CloudEvent> events, EventRefused e) throws InterruptedException {
        if (events.size() == 1) {
            lose(1, e);
        } else {
            for (CloudEvent event : events) {
                append(List.of(event));
            }
        }
    }

    private void lose(int count, Exception e) {
        lost.add(count);
        LOG.error("event=observations_lost count={} problem=\"{}\"", count, e.getMessage());
    }
}
