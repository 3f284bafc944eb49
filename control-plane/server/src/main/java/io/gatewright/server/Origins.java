package io.gatewright.server;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The origins that some tenant allows, kept by counting so that one tenant's change costs one tenant. One thread at a time. */
final class Origins {
    private final Map<String, Set<String>> byTenant = new HashMap<>();
    private final TreeMap<String, Integer> counts = new TreeMap<>();

    void set(String tenant, Collection<String> origins) {
        Set<String> now = Set.copyOf(origins);
        Set<String> before = now.isEmpty() ? byTenant.remove(tenant) : byTenant.put(tenant, now);
        if (before != null) {
            before.forEach(origin -> counts.computeIfPresent(origin, (o, n) -> n == 1 ? null : n - 1));
        }
        now.forEach(origin -> counts.merge(origin, 1, Integer::sum));
    }

    SortedSet<String> all() {
        return new TreeSet<>(counts.keySet());
    }
}
