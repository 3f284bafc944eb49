package io.gatewright.xds;

import org.jspecify.annotations.Nullable;

/**
 * Why a scope at one node must not be taken for what the node says it is. Immutable. It lasts until the node accepts the scope.
 *
 * <p>Two Envoy faults are behind it: members of a rejected response may be stored but not live ({@link Salt}), and a removal in
 * a rejected response is carried out although Envoy goes on reporting the scope.
 *
 * @param sent the version that was under way when the stream broke, or null if the scope was in a rejected response or its
 *     removal was under way
 */
record Suspicion(@Nullable String sent) {
    static final Suspicion REFUSED = new Suspicion(null);

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
