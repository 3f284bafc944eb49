package io.gatewright.guard.model;

/**
 * A way to do it. Immutable.
 *
 * @param takeover whether an attempt may run after one whose lease is over
 * @param fenced whether an end counts only for the owner of the claim
 * @param releasesOnError whether an answer that was lost after the dispatch sets the key free
 * @param durable whether a claim survives a crash of the store
 * @param upstream what the upstream does with a repeated key
 */
record Variant(boolean takeover, boolean fenced, boolean releasesOnError, boolean durable, Upstream upstream) {
    /** What an upstream knows of keys. */
    enum Upstream {
        NAIVE,
        /** Refuses what comes with an older fence than it has seen. */
        CHECKS_FENCE,
        /** Runs a key once and gives the same answer again. */
        DEDUPLICATES
    }

    /** What the guard does. */
    static final Variant OURS = new Variant(false, true, false, true, Upstream.NAIVE);

    /** What it does where a route says that its upstream knows keys. */
    static final Variant OUR_TAKEOVER = new Variant(true, true, false, true, Upstream.DEDUPLICATES);

    Variant with(Upstream other) {
        return new Variant(takeover, fenced, releasesOnError, durable, other);
    }
}
