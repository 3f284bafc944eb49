package io.gatewright.gateway;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Bounded waiting for what a real process shows only when it is asked. Stateless. */
final class Waiting {
    private static final Duration AT_MOST = Duration.ofSeconds(30);
    private static final long PARK_NANOS = 5_000_000;

    private Waiting() {}

    /** A question that may meet a connection that is not there yet. */
    @FunctionalInterface
    interface Question {
        boolean yes() throws IOException;
    }

    static void until(String what, Question question) {
        until(what, AT_MOST, question);
    }

    static void until(String what, Duration atMost, Question question) {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            try {
                if (question.yes()) {
                    return;
                }
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("not within " + atMost + ": " + what, e);
                }
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + atMost + ": " + what);
            }
            LockSupport.parkNanos(PARK_NANOS);
        }
    }
}
