package io.gatewright.sidecar.extproc;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.time.Duration;

/** Counts the connections that are open. Thread-safe. */
final class Transports extends ServerTransportFilter {
    private int open; // guarded by this

    @Override
    public synchronized Attributes transportReady(Attributes attributes) {
        open++;
        return attributes;
    }

    @Override
    public synchronized void transportTerminated(Attributes attributes) {
        open--;
        notifyAll();
    }

    /** Returns when there is none, or when the time is over. */
    synchronized void awaitNone(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        long left = atMost.toMillis();
        while (open > 0 && left > 0) {
            wait(left);
            left = (end - System.nanoTime()) / 1_000_000;
        }
    }
}
