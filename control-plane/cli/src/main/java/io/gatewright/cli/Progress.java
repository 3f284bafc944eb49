package io.gatewright.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says on standard error how far a long command is, or nothing when it is short. One thread at a time. */
final class Progress {
    private static final Duration TICK = Duration.ofSeconds(2);

    private final PrintWriter err;
    private final boolean on;

    Progress(PrintWriter err, boolean on) {
        this.err = err;
        this.on = on;
    }

    void say(String what) {
        if (on) {
            err.println("gatewright: " + what);
            err.flush();
        }
    }

    /** Does what may take long, with a sign of life every two seconds. */
    <T> T during(String what, Supplier<T> task) {
        say(what);
        if (!on) {
            return task.get();
        }
        long start = System.nanoTime();
        CountDownLatch done = new CountDownLatch(1);
        Thread ticker = Thread.ofVirtual().start(() -> tick(start, done));
        try {
            T result = task.get();
            say("answered after " + seconds(start) + " s");
            return result;
        } finally {
            done.countDown();
            join(ticker);
        }
    }

    private void tick(long start, CountDownLatch done) {
        try {
            while (!done.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                say("waiting for the control plane, " + seconds(start) + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread ticker) {
        try {
            ticker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String seconds(long start) {
        return String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / 1e9);
    }
}
