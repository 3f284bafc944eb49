package io.gatewright.xds;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What nodes lack although nothing changed: where they drifted, and what they refused and may be offered again. Immutable.
 *
 * @param refused what connected nodes refuse
 */
public record Arrears(List<Drift> drift, List<Rejection> refused) {
    public static final Arrears NONE = new Arrears(List.of(), List.of());

    /** What was, or is to be, sent to that node. */
    Set<ResourceKey> of(String node) {
        Set<ResourceKey> keys = new HashSet<>(toSend(node));
        drifted(node, Drift.Kind.REPORTED, keys);
        return keys;
    }

    /** What that node is still to be sent. */
    Set<ResourceKey> toSend(String node) {
        Set<ResourceKey> keys = new HashSet<>();
        drifted(node, Drift.Kind.ACCEPTED, keys);
        refused.stream().filter(each -> each.node().equals(node)).forEach(each -> keys.add(each.key()));
        return keys;
    }

    private void drifted(String node, Drift.Kind kind, Set<ResourceKey> keys) {
        for (Drift each : drift) {
            if (each.node().equals(node) && each.kind() == kind && each.resource() != null) {
                keys.add(each.resource());
            }
        }
    }
}
