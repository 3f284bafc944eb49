package io.gatewright.xds;

import java.util.Map;

/**
 * What is known of a client's resources of one type when it asks for them first on a stream. Immutable.
 *
 * @param versions name to version of what it has; empty also if it has something that cannot be told
 * @param returning whether it has had anything of this type before; else it is a new process
 * @param held the same as {@code versions} with the content, of a collection in the state-of-the-world variant
 */
record Known(Map<String, String> versions, boolean returning, WholeSet held) {
    static Known of(Interest interest, ResourceType type, XdsCache cache, NodeRecord node) {
        return switch (interest) {
            case Interest.Delta delta -> new Known(delta.known(), !delta.known().isEmpty(), WholeSet.EMPTY);
            case Interest.Whole whole -> of(whole, type, cache, node);
        };
    }

    private static Known of(Interest.Whole whole, ResourceType type, XdsCache cache, NodeRecord node) {
        if (type.collection() && !whole.version().isEmpty()) {
            for (WholeSet candidate : node.held(type)) {
                if (candidate.version().equals(whole.version())) {
                    return new Known(candidate.versions(), true, candidate);
                }
            }
            WholeSet served = cache.whole(type)
                    .retain(name -> whole.names().isEmpty()
                            || whole.names().contains("*")
                            || whole.names().contains(name));
            if (served.version().equals(whole.version())) {
                return new Known(served.versions(), true, served);
            }
        }
        return new Known(Map.of(), !whole.version().isEmpty(), WholeSet.EMPTY);
    }
}
