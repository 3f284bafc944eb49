package io.gatewright.server;

import io.gatewright.envoy.EnvoyTranslator;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.ResourceType;
import io.gatewright.xds.XdsCache;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One full reconcile, part by part; each part is run while nobody else publishes. One thread at a time. */
final class Comparison {
    private final XdsCache cache;
    private final Derivation derivation;
    private final boolean dryRun;
    private final Set<ResourceKey> changed = new HashSet<>();
    private final Set<ResourceKey> drifted = new HashSet<>();
    private final TreeSet<String> origins = new TreeSet<>();
    private boolean originsKnown = true;

    Comparison(XdsCache cache, Derivation derivation, boolean dryRun) {
        this.cache = cache;
        this.derivation = derivation;
        this.dryRun = dryRun;
    }

    /** Resources that differed. */
    Set<ResourceKey> changed() {
        return Set.copyOf(changed);
    }

    /** Those that differed although their settings had been published. */
    Set<ResourceKey> drifted() {
        return Set.copyOf(drifted);
    }

    /** @param published whether these very settings were published before */
    void shared(Settings now, boolean published) {
        Derivation.Step step = new Derivation.Step();
        if (dryRun) {
            add(step, derivation.previewShared(now));
        } else {
            derivation.addShared(now, step);
        }
        take(now, step, published);
    }

    void tenants(Settings now, boolean published, Collection<String> tenants) {
        Set<String> failing = derivation.failures().keySet();
        Derivation.Step healthy = new Derivation.Step();
        Derivation.Step recovering = new Derivation.Step();
        for (String tenant : tenants) {
            Derivation.Step step = failing.contains(tenant) ? recovering : healthy;
            if (dryRun) {
                originsKnown &= add(step, derivation.preview(now, tenant, origins));
            } else {
                derivation.addTenant(now, tenant, step);
            }
        }
        healthy.removals.removeAll(healthy.puts.keySet());
        take(now, healthy, published);
        // a tenant that had failed changes now without having drifted
        recovering.removals.removeAll(healthy.puts.keySet());
        take(now, recovering, false);
    }

    /** What no tenant owns, and what nobody does. */
    void rest(Settings now, boolean published) {
        Derivation.Step step = new Derivation.Step();
        if (!dryRun) {
            derivation.addNoTenant(step, true);
        } else if (originsKnown) {
            Resource noTenant = EnvoyTranslator.noTenant(origins);
            step.puts.put(noTenant.key(), noTenant);
        }
        Set<ResourceKey> wanted = derivation.wanted();
        for (ResourceType type : ResourceType.values()) {
            for (String name : cache.names(type)) {
                ResourceKey key = new ResourceKey(type, name);
                if (!wanted.contains(key)) {
                    step.removals.add(key);
                }
            }
        }
        take(now, step, published);
    }

    private static boolean add(Derivation.Step step, Derivation.@Nullable Step preview) {
        if (preview != null) {
            step.puts.putAll(preview.puts);
            step.removals.addAll(preview.removals);
        }
        return preview != null;
    }

    private void take(Settings now, Derivation.Step step, boolean published) {
        Set<ResourceKey> different = dryRun ? difference(step) : step.apply(cache, now.revision());
        changed.addAll(different);
        if (published) {
            drifted.addAll(different);
        }
    }

    private Set<ResourceKey> difference(Derivation.Step step) {
        Set<ResourceKey> different = new HashSet<>();
        for (Resource resource : step.puts.values()) {
            if (!resource.equals(cache.get(resource.key()))) {
                different.add(resource.key());
            }
        }
        step.removals.stream().filter(key -> cache.get(key) != null).forEach(different::add);
        return different;
    }
}
