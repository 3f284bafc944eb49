package io.gatewright.testkit;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Looks every 20 ms for connections that have waited too long, so that a read itself costs nothing. Thread-safe. */
final class ReadTimeouts {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Set<KongConnection> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Thread.ofPlatform().daemon().name("kong-read-timeouts").start(ReadTimeouts::look);
    }

    private ReadTimeouts() {}

    static void watch(KongConnection connection) {
        OPEN.add(connection);
    }

    static void forget(KongConnection connection) {
        OPEN.remove(connection);
    }

    private static void look() {
        while (true) {
            LockSupport.parkNanos(LOOK_NANOS);
            long now = System.nanoTime();
            OPEN.forEach(connection -> connection.expire(now));
        }
    }
}
