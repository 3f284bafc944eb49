package io.gatewright.sidecar;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The sidecar's own reading of an environment, for whoever writes one down. Stateless. */
@org.jspecify.annotations.NullMarked
public final class SidecarEnvironment {
    private SidecarEnvironment() {}

    /**
     * What is wrong with an environment: all that the sidecar says about it, and each name of ours that it never asks for. Empty when
     * nothing is.
     */
    public static List<String> problems(Map<String, String> environment) {
        Asked asked = new Asked(environment);
        Set<String> unknown = new TreeSet<>(environment.keySet());
        try {
            SidecarOptions.read(asked);
        } catch (SidecarOptions.Invalid e) {
            return List.of(e.getMessage());
        }
        unknown.removeIf(name -> !name.startsWith("GATEWRIGHT_") || asked.names.contains(name));
        return unknown.stream()
                .map(name -> name + " is nothing that the sidecar asks for")
                .toList();
    }

    /** Remembers for what it was asked. */
    private static final class Asked extends HashMap<String, String> {
        private static final long serialVersionUID = 1L;

        private final transient Set<String> names = new HashSet<>();

        Asked(Map<String, String> values) {
            super(values);
        }

        @Override
        public String getOrDefault(@Nullable Object name, String unset) {
            names.add(String.valueOf(name));
            return super.getOrDefault(name, unset);
        }
    }
}
