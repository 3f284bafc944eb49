package io.gatewright.server;

import io.gatewright.registry.RegistryException;
import io.gatewright.registry.SyncRow;
import io.gatewright.registry.SyncTable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes syncs that are over to the registry. No sync waits for the database: rows that it cannot take now, up to a thousand,
 * are written when it is back; beyond, the oldest is lost, and counted. Thread-safe.
 */
public final class SyncJournal implements AutoCloseable {
    static final int MOST_WAITING = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(SyncJournal.class);
    private static final long RETRY_MILLIS = 1_000;
    private static final int TRIM_EVERY = 100;

    private final SyncTable table;
    private final BooleanSupplier reachable;
    private final Executor executor;
    private final List<Consumer<SyncRow>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong lost = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<SyncRow> waiting = new ArrayDeque<>();
    private final Map<String, Integer> written = new HashMap<>();
    private boolean retrying;

    /**
     * Writes nothing yet.
     *
     * @param reachable whether it is worth while to ask the database
     * @param executor runs what writes later; a virtual thread each is good
     */
    public SyncJournal(SyncTable table, BooleanSupplier reachable, Executor executor) {
        this.table = table;
        this.reachable = reachable;
        this.executor = executor;
    }

    /** Has it called with each sync that is over, as it is kept; on the sync's thread, and it must not block. */
    public void onFinished(Consumer<SyncRow> listener) {
        listeners.add(listener);
    }

    /** Rows that wait for the database. */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Rows that will never be written. */
    public long lost() {
        return lost.get();
    }

    /** An id for a sync, or 0 when the database is away. */
    long nextId() {
        try {
            return reachable.getAsBoolean() ? table.nextId() : 0;
        } catch (RegistryException e) {
            LOG.debug("no id for a sync", e);
            return 0;
        }
    }

    /** Takes a sync that is over. Returns it as it is kept, or as it was given when it is to be written later. */
    SyncRow write(SyncRow row) {
        SyncRow kept = row;
        try {
            if (reachable.getAsBoolean()) {
                kept = table.write(row);
                trimNowAndThen(row.trigger());
            } else {
                writeLater(row);
            }
        } catch (RegistryException e) {
            failed(row, e);
        }
        SyncRow told = kept;
        listeners.forEach(listener -> listener.accept(told));
        return kept;
    }

    private void failed(SyncRow row, RegistryException e) {
        if (e.mayPass()) {
            writeLater(row);
        } else {
            lose(row, String.valueOf(e.getMessage()));
        }
    }

    private void writeLater(SyncRow row) {
        lock.lock();
        try {
            waiting.addLast(row);
            if (waiting.size() > MOST_WAITING) {
                lose(waiting.removeFirst(), "the database is away for too long");
            }
            if (!retrying) {
                retrying = true;
                LOG.warn("syncs are written later, since the database is away");
                executor.execute(this::retry);
            }
        } finally {
            lock.unlock();
        }
    }

    private void lose(SyncRow row, String reason) {
        lost.incrementAndGet();
        LOG.error(
                "sync lost trigger={} revision={} started={} outcome={} problem=\"{}\"",
                row.trigger(),
                row.revision(),
                row.startedAt(),
                row.outcome(),
                reason);
    }

    private void retry() {
        try {
            while (!closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                if (reachable.getAsBoolean() && writeWaiting()) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether none is left. */
    private boolean writeWaiting() {
        while (true) {
            SyncRow row;
            lock.lock();
            try {
                row = waiting.pollFirst();
                if (row == null) {
                    retrying = false;
                    return true;
                }
            } finally {
                lock.unlock();
            }
            try {
                table.write(row);
            } catch (RegistryException e) {
                if (e.mayPass()) {
                    putBack(row);
                    return false;
                }
                lose(row, String.valueOf(e.getMessage()));
            }
        }
    }

    private void putBack(SyncRow row) {
        lock.lock();
        try {
            if (waiting.size() == MOST_WAITING) {
                lose(row, "the database is away for too long");
            } else {
                waiting.addFirst(row);
            }
        } finally {
            lock.unlock();
        }
    }

    private void trimNowAndThen(String trigger) {
        int count;
        lock.lock();
        try {
            count = written.merge(trigger, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
        if (count % TRIM_EVERY == 1) {
            try {
                table.trim(trigger);
            } catch (RegistryException e) {
                LOG.warn("old syncs are left in place: {}", e.getMessage());
            }
        }
    }

    /** Stops trying. */
    @Override
    public void close() {
        closed.countDown();
        if (waiting() > 0) {
            LOG.error("{} syncs were never written, since the database is away", waiting());
        }
    }
}
