package io.gatewright.pdk.server;

import io.gatewright.pdk.Caller;
import io.gatewright.pdk.FailurePolicy;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.config.ConfigRecord;
import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A plugin, and what was found out about it once. Immutable.
 *
 * @param phases those that it overrides
 * @param protocols to which Kong restricts it, none for Kong's own
 */
record PluginEntry<C extends Record>(
        KongPlugin<C> plugin,
        Caller caller,
        Set<Phase> phases,
        FailurePolicy failurePolicy,
        ConfigRecord<C> config,
        Set<String> protocols) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~-]*");
    private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+){0,2}");

    static <C extends Record> PluginEntry<C> of(KongPlugin<C> plugin, ServerOptions options) {
        String name = plugin.name();
        Set<Phase> phases = overridden(plugin);
        require(
                NAME.matcher(name).matches(),
                name,
                "has a name that Kong refuses; letters, digits, . _ ~ and - are allowed");
        require(
                VERSION.matcher(plugin.version()).matches(),
                name,
                "has version '%s'; Kong wants one to three numbers with dots".formatted(plugin.version()));
        require(!phases.isEmpty(), name, "overrides no phase, so Kong would never call it");
        try {
            return new PluginEntry<>(
                    plugin,
                    new Caller(name, options.target(), options.threshold()),
                    phases,
                    plugin.failurePolicy(),
                    ConfigRecord.of(plugin.configType()),
                    protocols(plugin, phases));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Plugin " + name + ": " + e.getMessage(), e);
        }
    }

    String name() {
        return caller.plugin();
    }

    private static Set<Phase> overridden(KongPlugin<?> plugin) {
        EnumSet<Phase> phases = EnumSet.noneOf(Phase.class);
        for (Method method : plugin.getClass().getMethods()) {
            if (method.getDeclaringClass() != KongPlugin.class
                    && method.getParameterCount() == 2
                    && method.getParameterTypes()[0] == Kong.class) {
                Phase.named(method.getName()).ifPresent(phases::add);
            }
        }
        return phases;
    }

    /** The response phase makes Kong fail gRPC routes, and preread there is only on streams. */
    private static Set<String> protocols(KongPlugin<?> plugin, Set<Phase> phases) {
        if (!plugin.protocols().isEmpty()) {
            return Set.copyOf(plugin.protocols());
        }
        Set<String> protocols = new TreeSet<>();
        boolean streams = phases.contains(Phase.PREREAD);
        boolean requests = phases.contains(Phase.ACCESS) || phases.contains(Phase.REWRITE);
        if (phases.contains(Phase.RESPONSE)) {
            protocols.addAll(Set.of("http", "https"));
        } else if (requests) {
            return Set.of();
        }
        if (streams) {
            protocols.addAll(Set.of("tcp", "tls", "tls_passthrough", "udp"));
        }
        return protocols;
    }

    private static void require(boolean holds, String name, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("Plugin " + name + " " + otherwise);
        }
    }
}
