package io.gatewright.xds;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which names of one type a client wants: some, all ("*"), or both. Guarded by the stream's lock. */
final class WantedNames {
    private final Set<String> explicit = new HashSet<>();
    private boolean wildcard;
    private boolean everNamed;

    /** The first request; of a collection it asks for everything if it names nothing. */
    void start(List<String> names, boolean collection) {
        wildcard = names.isEmpty() && collection;
        names.forEach(this::add);
    }

    void add(String name) {
        everNamed = true;
        if (name.equals("*")) {
            wildcard = true;
        } else {
            explicit.add(name);
        }
    }

    /** Returns whether it was wanted. */
    boolean remove(String name) {
        if (name.equals("*")) {
            boolean was = wildcard;
            wildcard = false;
            return was;
        }
        return explicit.remove(name);
    }

    /**
     * Wants just these; without any what it wanted before, if it has never given any (xDS protocol, "How the client specifies
     * what resources to return"). Returns those that are new.
     */
    List<String> replace(List<String> names) {
        if (names.isEmpty() && !everNamed) {
            return List.of();
        }
        List<String> dropped = new ArrayList<>(explicit);
        dropped.add("*");
        dropped.removeAll(names);
        dropped.forEach(this::remove);
        List<String> added = names.stream()
                .filter(name -> name.equals("*") ? !wildcard : !explicit.contains(name))
                .toList();
        added.forEach(this::add);
        return added;
    }

    boolean covers(String name) {
        return wildcard || explicit.contains(name);
    }

    boolean isWildcard() {
        return wildcard;
    }

    Set<String> explicit() {
        return explicit;
    }
}
