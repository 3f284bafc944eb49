package io.gatewright.xds;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a starting Envoy from serving before it has all scopes. Guarded by the stream's lock.
 *
 * <p>Envoy asks for scopes when it has a listener, and opens that listener at the first response, which is only the first chunk.
 * So it gets a listener without a port first; when every scope is acknowledged, the real ones; when those are, the removal of
 * the first. If it rejects the primer it gets the real ones at once.
 */
final class Primer {
    private enum Phase {
        /** Not in use: no primer is set, or the client has real listeners, or all is done. */
        OFF,
        /** The primer has to be sent. */
        DUE,
        /** The client has the primer and loads scopes. */
        LOADING,
        /** The real listeners are on their way. */
        OPENING
    }

    private final XdsCache cache;
    private final NodeRecord node;
    private Phase phase = Phase.OFF;
    private @Nullable Resource listener;

    Primer(XdsCache cache, NodeRecord node) {
        this.cache = cache;
        this.node = node;
    }

    /**
     * The client asks for all listeners.
     *
     * @param known the listeners it has
     * @return those without the primer, to be compared with the cache
     */
    Map<String, String> start(Map<String, String> known) {
        Resource primer = cache.primer();
        if (primer == null) {
            return known;
        }
        listener = primer;
        Map<String, String> real = new HashMap<>(known);
        String had = real.remove(primer.name());
        if (!real.isEmpty()) {
            phase = had == null ? Phase.OFF : Phase.OPENING;
        } else {
            phase = primer.version().equals(had) ? Phase.LOADING : Phase.DUE;
        }
        return real;
    }

    /** The next response about listeners. */
    @Nullable
    Batch next(
            TypeSubscription listeners,
            @Nullable TypeSubscription scopes,
            boolean additionsAllowed,
            boolean removalsAllowed) {
        Resource primer = listener;
        if (primer == null || phase == Phase.OFF) {
            return listeners.next(additionsAllowed, removalsAllowed);
        }
        if (listeners.isAwaitingAnswer()) {
            return null;
        }
        if (phase == Phase.DUE) {
            return additionsAllowed ? prime(primer) : null;
        }
        if (phase == Phase.LOADING) {
            if (scopes == null || !scopes.isIdle()) {
                return null;
            }
            phase = Phase.OPENING;
        }
        Batch real = listeners.next(additionsAllowed, removalsAllowed);
        if (real != null || !listeners.isIdle() || !hasLiveListener()) {
            return real;
        }
        phase = Phase.OFF;
        return batch(primer, Batch.Member.removal(cache.revision()));
    }

    /** The client has rejected these listeners. */
    void rejected(Iterable<Rejection> rejections) {
        for (Rejection rejection : rejections) {
            if (listener != null && rejection.key().equals(listener.key())) {
                phase = Phase.OFF;
            }
        }
    }

    private Batch prime(Resource primer) {
        phase = Phase.LOADING;
        return batch(primer, new Batch.Member(primer.version(), cache.revision(), primer.packed()));
    }

    /** Without one the primer must stay: it holds the subscription to the scopes. */
    private boolean hasLiveListener() {
        return cache.names(ResourceType.LISTENER).stream()
                .anyMatch(name -> node.rejection(new ResourceKey(ResourceType.LISTENER, name)) == null);
    }

    private static Batch batch(Resource primer, Batch.Member member) {
        return new Batch(ResourceType.LISTENER, Map.of(primer.name(), member));
    }
}
