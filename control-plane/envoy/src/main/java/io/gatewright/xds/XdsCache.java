package io.gatewright.xds;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What every Envoy should have: one set of resources, changed name by name. Thread-safe.
 *
 * <p>An update applies its changes and leaves their names in the inbox of each stream under one lock, so that whoever reads
 * under the read lock, and drains its inbox first, never sees content it has not been told of. That is what lets a stream keep
 * the order between types (a cluster before the scope that needs it). Nothing is sent under the lock.
 */
public final class XdsCache {
    private record Entry(Resource resource, long revision) {}

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<ResourceType, Map<String, Entry>> entries = new EnumMap<>(ResourceType.class);
    private final Set<ChangeInbox> inboxes = new CopyOnWriteArraySet<>();
    private long revision;
    private boolean ready;
    private @Nullable Resource primer;

    public XdsCache() {
        for (ResourceType type : ResourceType.values()) {
            entries.put(type, new HashMap<>());
        }
    }

    /**
     * Applies one update as a whole and offers it to the streams. A resource equal to the present one, or a removal of an absent
     * one, changes nothing and keeps its revision. The first update, even an empty one, lets the server answer: make it the
     * whole state.
     *
     * @param revision the revision that the content was made from; may stay the same, and may fall after a restore
     * @return what really changed
     * @throws IllegalArgumentException if a resource is named twice; nothing is applied
     */
    public Set<ResourceKey> update(long revision, List<Resource> put, List<ResourceKey> remove) {
        requireDistinct(put, remove);
        List<ResourceKey> changed = new ArrayList<>();
        boolean news;
        lock.writeLock().lock();
        try {
            for (Resource resource : put) {
                Map<String, Entry> ofType = of(resource.type());
                Entry present = ofType.get(resource.name());
                if (present == null || !present.resource.version().equals(resource.version())) {
                    ofType.put(resource.name(), new Entry(resource, revision));
                    changed.add(resource.key());
                }
            }
            for (ResourceKey key : remove) {
                if (of(key.type()).remove(key.name()) != null) {
                    changed.add(key);
                }
            }
            news = !changed.isEmpty() || !ready || this.revision != revision;
            this.revision = revision;
            ready = true;
            if (!changed.isEmpty()) {
                inboxes.forEach(inbox -> inbox.offer(changed));
            }
        } finally {
            lock.writeLock().unlock();
        }
        if (news) {
            inboxes.forEach(ChangeInbox::wake);
        }
        return Set.copyOf(changed);
    }

    /**
     * Sets the listener that a starting Envoy is given until it has all scopes. It must refer to the same
     * scoped routes as the real ones, not bind its port, and have another address than any of them (Envoy 1.40 rejects a second
     * listener of the same address even if the first is not bound). It counts for streams that open later, and is no resource of this cache.
     *
     * @throws IllegalArgumentException if it is not a listener
     */
    public void primer(Resource listener) {
        if (listener.type() != ResourceType.LISTENER) {
            throw new IllegalArgumentException("The primer must be a listener, not " + listener);
        }
        lock.writeLock().lock();
        try {
            primer = listener;
        } finally {
            lock.writeLock().unlock();
        }
    }

    public @Nullable Resource get(ResourceKey key) {
        return consistently(() -> {
            Entry entry = of(key.type()).get(key.name());
            return entry == null ? null : entry.resource;
        });
    }

    /** The revision at which this resource last changed, or -1 if it is absent. */
    public long revision(ResourceKey key) {
        return consistently(() -> {
            Entry entry = of(key.type()).get(key.name());
            return entry == null ? -1 : entry.revision;
        });
    }

    /** The revision of the newest update, or 0 before the first. */
    public long revision() {
        return consistently(() -> revision);
    }

    /** Whether there has been an update; before it no stream is answered. */
    public boolean ready() {
        return consistently(() -> ready);
    }

    /** A copy of the names of one type, in no order. */
    public Set<String> names(ResourceType type) {
        return consistently(() -> Set.copyOf(of(type).keySet()));
    }

    public int size(ResourceType type) {
        return consistently(() -> of(type).size());
    }

    @Nullable
    Resource primer() {
        return consistently(() -> primer);
    }

    /** Runs a read during which nothing changes. Lock order: stream, cache, node record; so it must not take a stream's lock, nor send. */
    <T extends @Nullable Object> T consistently(Supplier<T> read) {
        lock.readLock().lock();
        try {
            return read.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    void forEach(ResourceType type, Consumer<Resource> action) {
        lock.readLock().lock();
        try {
            of(type).values().forEach(entry -> action.accept(entry.resource));
        } finally {
            lock.readLock().unlock();
        }
    }

    /** All of one type, as a client that has accepted everything has it. */
    WholeSet whole(ResourceType type) {
        Map<String, Batch.Member> members = new HashMap<>();
        consistently(() -> {
            of(type).forEach((name, entry) -> members.put(
                    name, new Batch.Member(entry.resource.version(), entry.revision, entry.resource.packed())));
            return true;
        });
        return new WholeSet(members);
    }

    void attach(ChangeInbox inbox) {
        inboxes.add(inbox);
    }

    void detach(ChangeInbox inbox) {
        inboxes.remove(inbox);
    }

    private Map<String, Entry> of(ResourceType type) {
        Map<String, Entry> ofType = entries.get(type);
        if (ofType == null) {
            throw new IllegalStateException("No resources are kept of type " + type);
        }
        return ofType;
    }

    private static void requireDistinct(List<Resource> put, Collection<ResourceKey> remove) {
        Set<ResourceKey> named = new HashSet<>();
        put.forEach(resource -> requireNew(named, resource.key()));
        remove.forEach(key -> requireNew(named, key));
    }

    private static void requireNew(Set<ResourceKey> named, ResourceKey key) {
        if (!named.add(key)) {
            throw new IllegalArgumentException("One update names resource " + key + " twice");
        }
    }
}
