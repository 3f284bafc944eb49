package io.gatewright.xds;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The names of one type that one stream still has to be told, oldest mark first; each is in at most one of the three sets.
 * Guarded by the stream's lock.
 */
final class PendingNames {
    enum Kind {
        ADDITION,
        REMOVAL,
        /** A scope that was in a rejected response: it goes alone, whatever has become of it. */
        RETRY
    }

    private final SequencedSet<String> additions = new LinkedHashSet<>();
    private final SequencedSet<String> removals = new LinkedHashSet<>();
    private final SequencedSet<String> retries = new LinkedHashSet<>();

    SequencedSet<String> of(Kind kind) {
        return switch (kind) {
            case ADDITION -> additions;
            case REMOVAL -> removals;
            case RETRY -> retries;
        };
    }

    /** A name that is already of this kind keeps its place. */
    void put(Kind kind, String name) {
        for (Kind each : Kind.values()) {
            if (each != kind) {
                of(each).remove(name);
            }
        }
        of(kind).add(name);
    }

    void remove(String name) {
        sets().forEach(set -> set.remove(name));
    }

    void retain(Predicate<String> kept) {
        sets().forEach(set -> set.removeIf(kept.negate()));
    }

    boolean contains(String name) {
        return sets().stream().anyMatch(set -> set.contains(name));
    }

    boolean has(Kind kind) {
        return !of(kind).isEmpty();
    }

    int size() {
        return sets().stream().mapToInt(Set::size).sum();
    }

    private List<SequencedSet<String>> sets() {
        return List.of(additions, removals, retries);
    }
}
