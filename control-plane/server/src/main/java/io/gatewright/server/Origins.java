package io.gatewright.server;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The origins that some tenant allows, kept by counting so that one tenant's change costs one tenant. One thread at a time. */
final class Origins {
    private final Map<String, Set<String>> byTenant = new HashMap<>();
    private final TreeMap<String, Integer> counts = new TreeMap<>();
    private boolean changed = true;

    void set(String tenant, Collection<String> origins) {
        Set<String> now = Set.copyOf(origins);
        Set<String> before = now.isEmpty() ? byTenant.remove(tenant) : byTenant.put(tenant, now);
        if (now.equals(before == null ? Set.of() : before)) {
            return;
        }
        now.forEach(origin -> changed |= counts.merge(origin, 1, Integer::sum) == 1);
        if (before != null) {
            before.forEach(origin ->
                    changed |= counts.computeIfPresent(origin, (o, n) -> n == 1 ? null : n - 1) == null);
        }
    }

    /** All of them, sorted, when there are others than the last time; the first time in any case. */
    Optional<SortedSet<String>> takeIfChanged() {
        boolean take = changed;
        changed = false;
        return take ? Optional.of(new TreeSet<>(counts.keySet())) : Optional.empty();
    }

    /** All of them, sorted. */
    Optional<SortedSet<String>> all() {
        changed = false;
        return Optional.of(new TreeSet<>(counts.keySet()));
    }
}
