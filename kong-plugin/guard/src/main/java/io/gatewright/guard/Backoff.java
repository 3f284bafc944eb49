package io.gatewright.guard;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Pauses that grow, until a time is over. One thread at a time. */
final class Backoff {
    private static final long FIRST_NANOS = Duration.ofMillis(10).toNanos();
    private static final long LONGEST_NANOS = Duration.ofMillis(200).toNanos();

    private final long end;
    private long next = FIRST_NANOS;

    Backoff(Duration atMost) {
        end = System.nanoTime() + atMost.toNanos();
    }

    /** Returns after a pause, or at once with false when the time is over. */
    boolean pause() {
        long left = end - System.nanoTime();
        if (left <= 0 || Thread.currentThread().isInterrupted()) {
            return false;
        }
        LockSupport.parkNanos(Math.min(left, ThreadLocalRandom.current().nextLong(next / 2, next + 1)));
        next = Math.min(LONGEST_NANOS, next * 2);
        return true;
    }
}
