package io.gatewright.xds;

import java.time.Instant;

/**
 * A content that a node has accepted and was not known to have. Immutable.
 *
 * @param version never empty: the acceptance of a removal is none of these
 * @param revision the revision at which the content appeared
 * @param at when the acknowledgement came
 */
public record Acceptance(String node, ResourceKey key, String version, long revision, Instant at) {}
