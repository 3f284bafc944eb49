package io.gatewright.events;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a condition that another thread or process brings about. */
final class Until {
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private Until() {}

    /** Throws when it does not come true in a minute; {@code seen} then says what was there instead. */
    static void holds(java.util.function.BooleanSupplier condition, Supplier<Object> seen) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it did not come true; seen: " + seen.get());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
