package io.gatewright.xds;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * All that a state-of-the-world client has of a collection, as it must be said again in each response: what is not in one is gone.
 * Immutable.
 *
 * @param members by resource name; no removals
 */
record WholeSet(Map<String, Batch.Member> members) {
    static final WholeSet EMPTY = new WholeSet(Map.of());

    /** What the client has once it has accepted this response. */
    WholeSet with(Batch accepted) {
        Map<String, Batch.Member> all = new HashMap<>(members);
        all.putAll(accepted.beside().members());
        accepted.members().forEach((name, member) -> {
            if (member.isRemoval()) {
                all.remove(name);
            } else {
                all.put(name, member);
            }
        });
        return new WholeSet(Collections.unmodifiableMap(all));
    }

    WholeSet retain(Predicate<String> kept) {
        Map<String, Batch.Member> some = new HashMap<>(members);
        some.keySet().removeIf(kept.negate());
        return new WholeSet(Collections.unmodifiableMap(some));
    }

    /** A hash of the names and versions: equal for equal sets on every replica, never empty. */
    String version() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(members)
                .forEach((name, member) ->
                        text.append(name).append('\0').append(member.version()).append('\n'));
        return Resource.hash(ByteString.copyFromUtf8(text.toString()));
    }

    /** Name to version. */
    Map<String, String> versions() {
        Map<String, String> versions = new HashMap<>();
        members.forEach((name, member) -> versions.put(name, member.version()));
        return versions;
    }
}
