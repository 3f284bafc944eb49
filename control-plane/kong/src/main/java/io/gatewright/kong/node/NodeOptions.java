package io.gatewright.kong.node;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A Kong and how it is kept. Immutable.
 *
 * @param name what it is called in messages and the name of its file
 * @param admin where its Admin API is
 * @param proxy where its proxy is, to be asked for the beacon; null: its hash alone is the proof
 * @param lastGood the directory for the copy of what it proved last, {@code <name>.json}; null: none is kept
 * @param watch how often it is asked what it runs
 * @param firstRetry after a failure; doubled for each further one up to {@code longestRetry}
 */
public record NodeOptions(
        String name,
        URI admin,
        @Nullable URI proxy,
        @Nullable Path lastGood,
        Duration watch,
        Duration firstRetry,
        Duration longestRetry) {
    private static final Duration WATCH = Duration.ofSeconds(1);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    /** With the usual times. */
    public static NodeOptions of(String name, URI admin, @Nullable URI proxy, @Nullable Path lastGood) {
        return new NodeOptions(name, admin, proxy, lastGood, WATCH, FIRST_RETRY, LONGEST_RETRY);
    }

    /** How long to wait after so many failures in a row. */
    Duration retry(int failures) {
        Duration wait = firstRetry.multipliedBy(1L << Math.min(failures - 1, 20));
        return wait.compareTo(longestRetry) > 0 ? longestRetry : wait;
    }
}
