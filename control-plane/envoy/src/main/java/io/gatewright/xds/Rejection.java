package io.gatewright.xds;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A resource that a node refuses. It is sent to that node again when its content changes, and at each full sync. Immutable.
 *
 * @param version the refused version; empty if the refused thing was a removal
 * @param revision the revision at which the refused content appeared
 * @param reason one line, at most 300 characters, without the text of the resource
 * @param since when the node first refused it
 * @param at when it last did
 * @param lastGoodVersion what the node goes on using, or null if it has none or we have not seen it accept any
 */
public record Rejection(
        String node,
        ResourceKey key,
        String version,
        long revision,
        String reason,
        Instant since,
        Instant at,
        @Nullable String lastGoodVersion) {}
