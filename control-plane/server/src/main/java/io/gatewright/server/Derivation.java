package io.gatewright.server;

import io.gatewright.envoy.EnvoyTranslator;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.XdsCache;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the settings come to, tenant by tenant. A tenant whose resources cannot be made keeps its last good ones; so does what
 * all tenants share. Written by one thread at a time; reads of tenants and failures are thread-safe.
 *
 * <p>Each scope has one owner. When two tenants claim the same one, which no valid registry allows, the one that has it keeps
 * it and the other is held at its last good state.
 */
final class Derivation {
    /** Stands for what all tenants share where a tenant is named; no tenant is called so. */
    static final String SHARED = "*";

    private static final Logger LOG = LoggerFactory.getLogger(Derivation.class);

    private final BiFunction<Settings, String, List<Resource>> translation;
    private final Origins origins = new Origins();
    private final Map<String, List<ResourceKey>> published = new ConcurrentHashMap<>();
    private final Map<ResourceKey, String> owners = new ConcurrentHashMap<>();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private Set<ResourceKey> shared = Set.of();

    Derivation(BiFunction<Settings, String, List<Resource>> translation) {
        this.translation = translation;
    }

    /** Additions and removals to be made at once. */
    static final class Step {
        final Map<ResourceKey, Resource> puts = new LinkedHashMap<>();
        final Set<ResourceKey> removals = new HashSet<>();

        @Nullable
        Resource primer;

        private void put(Resource resource) {
            puts.put(resource.key(), resource);
            removals.remove(resource.key());
        }

        /** Returns what differs thereby. */
        Set<ResourceKey> apply(XdsCache cache, long revision) {
            if (primer != null) {
                cache.primer(primer);
            }
            return cache.update(revision, List.copyOf(puts.values()), List.copyOf(removals));
        }
    }

    List<ResourceKey> keys(String tenant) {
        return published.getOrDefault(tenant, List.of());
    }

    Set<String> tenants() {
        return published.keySet();
    }

    /** The tenant whose resource it is; null when it is shared or nobody's. */
    @Nullable
    String owner(ResourceKey key) {
        return owners.get(key);
    }

    Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    /** Everything that should be served. */
    Set<ResourceKey> wanted() {
        Set<ResourceKey> wanted = new HashSet<>(owners.keySet());
        wanted.addAll(shared);
        wanted.add(EnvoyTranslator.noTenant(List.of()).key());
        return wanted;
    }

    void addShared(Settings settings, Step step) {
        try {
            List<Resource> resources = EnvoyTranslator.shared(settings);
            step.primer = EnvoyTranslator.primer(settings);
            Set<ResourceKey> keys = new HashSet<>();
            resources.forEach(resource -> keys.add(resource.key()));
            shared.stream().filter(key -> !keys.contains(key)).forEach(step.removals::add);
            resources.forEach(step::put);
            shared = keys;
            succeeded(SHARED);
        } catch (RuntimeException e) {
            failed(SHARED, e);
        }
    }

    void addTenant(Settings settings, String tenant, Step step) {
        try {
            List<Resource> resources = translation.apply(settings, tenant);
            List<String> allowed = EnvoyTranslator.origins(settings, tenant);
            List<ResourceKey> keys = resources.stream().map(Resource::key).toList();
            keys.forEach(key -> requireFree(settings, key, tenant));
            for (ResourceKey key : keys(tenant)) {
                if (!keys.contains(key) && owners.remove(key, tenant)) {
                    step.puts.remove(key);
                    step.removals.add(key);
                }
            }
            keys.forEach(key -> owners.put(key, tenant));
            resources.forEach(step::put);
            origins.set(tenant, allowed);
            if (keys.isEmpty()) {
                published.remove(tenant);
            } else {
                published.put(tenant, keys);
            }
            succeeded(tenant);
        } catch (RuntimeException e) {
            failed(tenant, e);
        }
    }

    /** @param always also when no origin came or went */
    void addNoTenant(Step step, boolean always) {
        (always ? origins.all() : origins.takeIfChanged())
                .map(EnvoyTranslator::noTenant)
                .ifPresent(step::put);
    }

    /** What a tenant would come to; null when it cannot be made. Changes nothing. */
    @Nullable
    Step preview(Settings settings, String tenant, Set<String> allOrigins) {
        try {
            Step step = new Step();
            List<Resource> resources = translation.apply(settings, tenant);
            resources.forEach(resource -> requireFree(settings, resource.key(), tenant));
            resources.forEach(step::put);
            keys(tenant).stream()
                    .filter(key -> !step.puts.containsKey(key) && tenant.equals(owners.get(key)))
                    .forEach(step.removals::add);
            allOrigins.addAll(EnvoyTranslator.origins(settings, tenant));
            return step;
        } catch (RuntimeException e) {
            LOG.debug("tenant={} cannot be previewed", tenant, e);
            return null;
        }
    }

    /** The same for what all tenants share. */
    @Nullable
    Step previewShared(Settings settings) {
        try {
            Step step = new Step();
            EnvoyTranslator.shared(settings).forEach(step::put);
            shared.stream().filter(key -> !step.puts.containsKey(key)).forEach(step.removals::add);
            return step;
        } catch (RuntimeException e) {
            LOG.debug("what all tenants share cannot be previewed", e);
            return null;
        }
    }

    private void requireFree(Settings settings, ResourceKey key, String tenant) {
        String owner = owners.get(key);
        if (owner != null && !owner.equals(tenant) && wants(settings, owner, key)) {
            throw new IllegalStateException(key.name() + " belongs to tenant " + owner);
        }
    }

    private boolean wants(Settings settings, String tenant, ResourceKey key) {
        try {
            return translation.apply(settings, tenant).stream()
                    .anyMatch(resource -> resource.key().equals(key));
        } catch (RuntimeException e) {
            return true; // it keeps its last good state, and this is part of it
        }
    }

    private void failed(String tenant, RuntimeException e) {
        String reason = String.valueOf(e.getMessage());
        if (!reason.equals(failures.put(tenant, reason))) {
            LOG.error("tenant={} keeps its last good state, since its resources cannot be made", tenant, e);
        }
    }

    private void succeeded(String tenant) {
        if (failures.remove(tenant) != null) {
            LOG.info("tenant={} is no longer held at its last good state", tenant);
        }
    }
}
