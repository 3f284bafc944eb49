package io.gatewright.server.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often each caller may call: so many requests a second, and twice as many at once. Thread-safe, constant in memory.
 *
 * <p>The generic cell rate algorithm (ITU-T I.371, appendix I): a caller is one number, the time at which all it was given
 * would be used up at the even rate. A caller that was away for two seconds is as one that never came, so forgetting the one
 * that called longest ago costs at most a burst.
 */
public final class CallRates {
    /** The most callers that are remembered. */
    static final int CALLERS = 10_000;

    private static final Duration BURST = Duration.ofSeconds(2);

    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Long> usedUpAtNanos = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > CALLERS;
        }
    };

    /**
     * Lets every caller call so often.
     *
     * @param perSecond at least 1
     * @param nanoTime as {@link System#nanoTime}
     */
    public CallRates(int perSecond, LongSupplier nanoTime) {
        this.intervalNanos = Duration.ofSeconds(1).toNanos() / perSecond;
        this.nanoTime = nanoTime;
    }

    /** Counts a call: zero when it may be made, else how long to wait before the next attempt. */
    public synchronized Duration take(String caller) {
        long now = nanoTime.getAsLong();
        long usedUpAt = usedUpAtNanos.getOrDefault(caller, now);
        long next = Math.max(0, usedUpAt - now) + intervalNanos;
        if (next > BURST.toNanos()) {
            return Duration.ofNanos(next - BURST.toNanos());
        }
        usedUpAtNanos.put(caller, now + next);
        return Duration.ZERO;
    }

    /** How many callers are remembered. */
    synchronized int callers() {
        return usedUpAtNanos.size();
    }
}
