package io.gatewright.xds;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Where the cache leaves the names that changed for one stream. Thread-safe: the publisher offers, the stream drains.
 *
 * <p>All inboxes share the one list of an update, so leaving it costs the same whatever its size; and the publisher never waits
 * for a stream to take it.
 */
final class ChangeInbox {
    private final Queue<List<ResourceKey>> changes = new ConcurrentLinkedQueue<>();
    private final Runnable wake;

    /**
     * Makes an empty inbox.
     *
     * @param wake called on the publisher's thread after an update, without the cache's lock
     */
    ChangeInbox(Runnable wake) {
        this.wake = wake;
    }

    void offer(List<ResourceKey> changed) {
        changes.add(changed);
    }

    void wake() {
        wake.run();
    }

    void drain(Consumer<ResourceKey> action) {
        for (List<ResourceKey> changed = changes.poll(); changed != null; changed = changes.poll()) {
            changed.forEach(action);
        }
    }
}
