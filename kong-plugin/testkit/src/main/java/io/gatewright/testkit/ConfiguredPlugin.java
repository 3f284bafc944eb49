package io.gatewright.testkit;

import io.gatewright.pdk.Phase;
import java.util.Set;
import java.util.UUID;

/**
 * A plugin as somebody has configured it in Kong. Immutable.
 *
 * @param name as in the dump
 * @param id of the plugin entity; one instance is started for each
 * @param priority higher runs earlier
 * @param phases in which Kong calls it
 * @param config a JSON object, as Kong would send it but for its bookkeeping
 */
public record ConfiguredPlugin(String name, UUID id, int priority, Set<Phase> phases, String config) {
    /** Copies the phases. */
    public ConfiguredPlugin {
        phases = Set.copyOf(phases);
    }

    /** With an id of its own. */
    public static ConfiguredPlugin of(String name, int priority, Set<Phase> phases, String config) {
        return new ConfiguredPlugin(name, UUID.randomUUID(), priority, phases, config);
    }

    boolean has(Phase phase) {
        return phases.contains(phase);
    }
}
