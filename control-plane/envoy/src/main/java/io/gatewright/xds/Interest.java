package io.gatewright.xds;

import java.util.List;
import java.util.Map;

/** What a message says the client wants of a type, in the terms of its protocol variant. Immutable. */
sealed interface Interest {
    /**
     * The changes of what it wants.
     *
     * @param known name to version of what the client already has; only in its first message for a type
     */
    record Delta(List<String> subscribe, List<String> unsubscribe, Map<String, String> known) implements Interest {}

    /**
     * All that it wants.
     *
     * @param version of the last response it accepted, on whatever stream; empty if there was none
     */
    record Whole(List<String> names, String version) implements Interest {}
}
