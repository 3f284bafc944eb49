package io.gatewright.xds;

import org.jspecify.annotations.Nullable;

/**
 * Something that is not as it should be although nothing was under way to it. Immutable.
 *
 * @param node the node's id; empty if it is what all nodes are served
 * @param resource null if it is the node as a whole
 * @param found one line: what was found instead
 */
public record Drift(Kind kind, String node, @Nullable ResourceKey resource, String found) {

    /** Where it shows. */
    public enum Kind {
        /** What nodes are served is not what the settings come to. */
        SERVED,
        /** What the node accepted last is not what it is served. */
        ACCEPTED,
        /** The node came back with something else than it had accepted last; it was sent the right one at once. */
        REPORTED,
        /** The node is connected and does not answer. */
        SILENT
    }

    /** What all nodes are served under that name is wrong. */
    public static Drift served(ResourceKey resource) {
        return new Drift(Kind.SERVED, "", resource, "was served otherwise than the settings say");
    }
}
