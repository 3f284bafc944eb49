package io.gatewright.guard;

import io.gatewright.guard.http.Reply;
import io.gatewright.guard.store.StoreUnavailable;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How often what was decided, by name. Thread-safe. */
public final class Tally {
    private static final Logger LOG = LoggerFactory.getLogger(Tally.class);
    private static final long QUIET_NANOS = 10_000_000_000L;

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private volatile long lastSaid = System.nanoTime() - QUIET_NANOS;

    /** One more of it; {@code what} is a word of ours, never of a request. */
    public void count(String what) {
        counts.computeIfAbsent(what, name -> new LongAdder()).increment();
    }

    void refused(Reply reply) {
        count("refused-" + reply.status());
    }

    /** Counts each, and logs one in ten seconds. */
    void storeFailed(StoreUnavailable e) {
        count("store-failed");
        long now = System.nanoTime();
        if (now - lastSaid > QUIET_NANOS) {
            lastSaid = now;
            LOG.warn("event=idempotency_store_unavailable problem=\"{}\"", e.getMessage());
        }
    }

    /** The counts by now. */
    public Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((name, count) -> all.put(name, count.sum()));
        return all;
    }
}
