package io.gatewright.events;

import java.time.Duration;

/**
 * How often and when a failed event is given again before its key is parked. Immutable.
 *
 * @param attempts altogether, 1 to 1000
 * @param first the delay after the first failure, at least 1 ms; it doubles with every further one
 * @param most the longest delay
 */
public record RetryPolicy(int attempts, Duration first, Duration most) {
    /** Six attempts over some six seconds. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(6, Duration.ofMillis(200), Duration.ofSeconds(30));

    /** Checks the ranges. */
    public RetryPolicy {
        if (attempts < 1 || attempts > 1000 || first.toMillis() < 1 || most.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "attempts must be 1 to 1000, first at least 1 ms, most not less than first");
        }
    }

    /** After this many failures, from 1 on. */
    Duration delay(int failures) {
        long millis = first.toMillis() << Math.min(failures - 1, 30);
        return millis <= 0 || millis > most.toMillis() ? most : Duration.ofMillis(millis);
    }
}
