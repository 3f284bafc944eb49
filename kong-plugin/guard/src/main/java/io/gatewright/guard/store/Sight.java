package io.gatewright.guard.store;

import java.util.UUID;

/**
 * What is known of a resource before it is read. Immutable.
 *
 * @param resource the hash under which it is kept
 * @param fence by which is known afterwards that nobody wrote meanwhile
 * @param quarantined whether nobody knows how a write of it ended; a read that is sent now can tell
 * @param deleted whether it is known to be gone
 * @param tag the current one, empty when it is not known
 */
public record Sight(String tenant, UUID resource, long fence, boolean quarantined, boolean deleted, String tag) {}
