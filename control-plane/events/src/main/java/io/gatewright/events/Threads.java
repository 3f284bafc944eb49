package io.gatewright.events;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ending what loops hold. Stateless. */
final class Threads {
    private Threads() {}

    /** Waits until it ended, through interrupts, which are kept for the caller. */
    static void join(Thread thread) {
        join(thread, Duration.ofNanos(Long.MAX_VALUE));
    }

    /** As {@link #join(Thread)}, but no longer than that; whether it ended. */
    static boolean join(Thread thread, Duration most) {
        boolean interrupted = false;
        long end = System.nanoTime() + most.toNanos();
        long left = most.toNanos();
        while (thread.isAlive() && left > 0) {
            try {
                thread.join(Duration.ofNanos(left));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = end - System.nanoTime();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Closes a connection that may be broken already. */
    static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            abort(connection);
        }
    }

    /** Cuts a connection on which another thread may be waiting. */
    static void abort(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.abort(Runnable::run);
            }
        } catch (SQLException e) {
            // It was being given up; there is nothing left to free.
            return;
        }
    }
}
