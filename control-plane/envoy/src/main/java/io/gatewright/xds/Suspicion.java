package io.gatewright.xds;

import org.jspecify.annotations.Nullable;

/**
 * Why a resource at one node must not be taken for what the node says it is. Immutable. It lasts until the node accepts it.
 *
 * <p>Behind it is what Envoy does. Members of a rejected response may be stored but not live ({@link Salt}), a removal in a rejected
 * response is carried out although Envoy goes on reporting the scope, and good clusters and listeners of a rejected response are
 * live although it reports the ones before. And a cluster that warms wants to hear of endpoints which Envoy reports.
 *
 * @param sent the version that was under way when the stream broke, or null if the scope was in a rejected response or its
 *     removal was under way
 */
record Suspicion(@Nullable String sent) {
    static final Suspicion REFUSED = new Suspicion(null);
    /** The node may have it or not, whatever it says. */
    static final Suspicion DOUBT = new Suspicion("");

    static Suspicion lost(String sentVersion) {
        return new Suspicion(sentVersion);
    }

    /** It may poison, or be poisoned by, the other members of a response: send it alone. */
    boolean refused() {
        return sent == null;
    }

    /** The node reports the very version that was under way, so it accepted that response after all. */
    boolean clearedBy(@Nullable String reported) {
        return sent != null && sent.equals(reported);
    }
}
