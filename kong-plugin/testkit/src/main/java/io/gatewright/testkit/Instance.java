package io.gatewright.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a worker knows of the instance of one plugin: one request starts it, others look again every 100 ms. Thread-safe. */
final class Instance {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private boolean claimed; // guarded by this, as the others
    private @Nullable Integer id;
    private boolean wedged;

    /** What a start came to. */
    sealed interface Started {
        /** The server gave it this id. */
        record Known(int id) implements Started {}

        /**
         * There is none.
         *
         * @param forEver the claim is never released
         */
        record Not(EventResult result, boolean forEver) implements Started {}
    }

    /** Sees to it that there is an instance; not null when there is none. */
    @Nullable
    EventResult require(Supplier<Started> start) {
        while (true) {
            synchronized (this) {
                if (id != null) {
                    return null;
                }
                if (wedged) {
                    return new EventResult.Wedged("waiting for a claim that nobody holds");
                }
                if (!claimed) {
                    claimed = true;
                    break;
                }
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        Started started = start.get();
        synchronized (this) {
            claimed = false;
            return switch (started) {
                case Started.Known known -> {
                    id = known.id();
                    yield null;
                }
                case Started.Not not -> {
                    wedged = not.forEver();
                    yield not.result();
                }
            };
        }
    }

    synchronized boolean isStarted() {
        return id != null;
    }

    /** The id; 0 when a reset came in between, which no server knows. */
    synchronized int id() {
        return id == null ? 0 : id;
    }

    synchronized void reset() {
        id = null;
    }
}
