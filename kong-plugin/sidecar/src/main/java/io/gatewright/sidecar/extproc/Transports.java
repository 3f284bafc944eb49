package io.gatewright.sidecar.extproc;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Counts the connections that are open. Thread-safe. */
final class Transports extends ServerTransportFilter {
    /** A connection counts when hands were shaken on it; one that was made a moment ago may still have to do that. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(1);

    private int open; // guarded by this, as what follows
    private long changed = System.nanoTime();

    @Override
    public synchronized Attributes transportReady(Attributes attributes) {
        open++;
        changed = System.nanoTime();
        return attributes;
    }

    @Override
    public synchronized void transportTerminated(Attributes attributes) {
        open--;
        changed = System.nanoTime();
        notifyAll();
    }

    /**
     * Returns when there has been none for so long that none is on its way, or when the time is over. Of use only when no new one
     * can come, and so begins to count now.
     */
    synchronized void awaitNone(Duration atMost) throws InterruptedException {
        long begin = System.nanoTime();
        changed = begin;
        long left = 1;
        while (left > 0) {
            long now = System.nanoTime();
            long quiet = open > 0 ? 0 : now - changed;
            long toGo = HANDSHAKE.toNanos() - quiet;
            left = Math.min(atMost.toNanos() - (now - begin), open > 0 ? Long.MAX_VALUE : toGo);
            if (left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        }
    }
}
