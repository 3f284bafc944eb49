package io.gatewright.server;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stops the started Postgres last, however the process ends. On a signal the JVM runs all shutdown hooks at once; the one
 * here waits until Quarkus has stopped, which uses the database until then. Thread-safe.
 */
final class DatabaseEnd {
    private static final long LONGEST_SECONDS = 20;

    private final CountDownLatch unused = new CountDownLatch(1);
    private volatile boolean used;
    private @Nullable EmbeddedDatabase database; // guarded by this

    /** Takes on a database that has just been started, and gives it back. */
    synchronized EmbeddedDatabase of(EmbeddedDatabase started) {
        database = started;
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("stop-postgres").unstarted(this::stopLast));
        return started;
    }

    /** From here on it stops no earlier than {@link #unused}. */
    void inUse() {
        used = true;
    }

    /** Stops it. */
    void unused() {
        stop();
        unused.countDown();
    }

    private void stopLast() {
        try {
            if (used && !unused.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("gatewright: the control plane did not stop in time; its Postgres stops now");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop();
    }

    private synchronized void stop() {
        if (database != null) {
            try {
                database.close();
            } catch (IOException e) {
                System.err.println("gatewright: the embedded Postgres did not stop: " + e.getMessage());
            }
            database = null;
        }
    }
}
