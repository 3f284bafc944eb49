package io.gatewright.server;

import io.gatewright.envoy.EnvoyTranslator;
import io.gatewright.settings.AffectedTenants;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.SettingsChange;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.XdsCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings settings into the cache that Envoys are served from: only the tenants that a change touches, the newest state when
 * several changes wait. A tenant whose resources cannot be made keeps its last good ones and stops nobody else.
 * Thread-safe; one change at a time.
 */
public final class Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    private static final int CHUNK = 500;

    private final XdsCache cache;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final Origins origins = new Origins();
    private final Map<String, List<ResourceKey>> published = new ConcurrentHashMap<>();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private Set<ResourceKey> shared = Set.of();
    private long revision = -1;

    public Publisher(XdsCache cache) {
        this.cache = cache;
    }

    /** Publishes everything. The first call makes the cache ready, hence in one update. */
    public Set<ResourceKey> publishAll(Settings settings) {
        lock.lock();
        try {
            Batch batch = new Batch();
            addShared(settings, batch);
            allTenants(settings).forEach(tenant -> addTenant(settings, tenant, batch));
            Set<ResourceKey> changed = apply(settings, batch);
            reached(settings);
            return changed;
        } finally {
            lock.unlock();
        }
    }

    /** What {@link #publishAll} would change. */
    public Set<ResourceKey> difference(Settings settings) {
        lock.lock();
        try {
            Set<ResourceKey> different = new HashSet<>();
            for (Resource resource : EnvoyTranslator.shared(settings)) {
                addIfDifferent(resource, different);
            }
            for (String tenant : allTenants(settings)) {
                EnvoyTranslator.tenant(settings, tenant).forEach(resource -> addIfDifferent(resource, different));
            }
            return different;
        } finally {
            lock.unlock();
        }
    }

    private void addIfDifferent(Resource resource, Set<ResourceKey> different) {
        if (!resource.equals(cache.get(resource.key()))) {
            different.add(resource.key());
        }
    }

    /** Publishes what a change touches. */
    public void publish(SettingsChange change) {
        Settings settings = change.current();
        lock.lock();
        try {
            Batch batch = new Batch();
            if (change.changed().stream().anyMatch(key -> touchesShared(key.kind(), key.id()))) {
                addShared(settings, batch);
            }
            Collection<String> tenants = switch (change.affected()) {
                case AffectedTenants.All all -> allTenants(settings);
                case AffectedTenants.Some some -> some.tenants();
            };
            int done = 0;
            for (String tenant : tenants) {
                addTenant(settings, tenant, batch);
                if (++done % CHUNK == 0) {
                    apply(settings, batch);
                    batch = new Batch();
                    LOG.info("published revision={} tenants={} of={}", settings.revision(), done, tenants.size());
                }
            }
            apply(settings, batch);
            reached(settings);
        } finally {
            lock.unlock();
        }
    }

    /** Whether this revision or a later one reached the cache before the time was over. */
    public boolean awaitPublished(long wanted, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (revision < wanted) {
                if (left <= 0) {
                    return false;
                }
                left = advanced.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The scopes of a tenant; empty when it has none. */
    public List<ResourceKey> keys(String tenant) {
        return published.getOrDefault(tenant, List.of());
    }

    /** What the beacon of a tenant's scope says when it runs these settings; empty when there is no such tenant. */
    public String policy(Settings settings, String tenant) {
        return EnvoyTranslator.policy(settings, tenant);
    }

    /** The tenants whose resources could not be made, with the reason. */
    public Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    private static boolean touchesShared(Kind kind, String id) {
        return switch (kind) {
            case MODULE, LISTENER, ISSUER, SIGNING_KEYS -> true;
            case SETTING -> id.startsWith("global/");
            case ORG, TENANT -> false;
        };
    }

    private Set<String> allTenants(Settings settings) {
        Set<String> tenants = new TreeSet<>(settings.ids(Kind.TENANT));
        tenants.addAll(published.keySet());
        return tenants;
    }

    private void addShared(Settings settings, Batch batch) {
        List<Resource> resources = EnvoyTranslator.shared(settings);
        cache.primer(EnvoyTranslator.primer(settings));
        Set<ResourceKey> keys = new HashSet<>();
        resources.forEach(resource -> keys.add(resource.key()));
        shared.stream().filter(key -> !keys.contains(key)).forEach(batch.removals::add);
        batch.puts.addAll(resources);
        shared = keys;
    }

    private void addTenant(Settings settings, String tenant, Batch batch) {
        List<Resource> resources;
        try {
            resources = EnvoyTranslator.tenant(settings, tenant);
            origins.set(tenant, EnvoyTranslator.origins(settings, tenant));
            failures.remove(tenant);
        } catch (RuntimeException e) {
            LOG.error("tenant={} keeps its last good state, since its resources cannot be made", tenant, e);
            failures.put(tenant, String.valueOf(e.getMessage()));
            return;
        }
        List<ResourceKey> keys = resources.stream().map(Resource::key).toList();
        keys(tenant).stream().filter(key -> !keys.contains(key)).forEach(batch.removals::add);
        batch.puts.addAll(resources);
        if (keys.isEmpty()) {
            published.remove(tenant);
        } else {
            published.put(tenant, keys);
        }
    }

    private Set<ResourceKey> apply(Settings settings, Batch batch) {
        origins.takeIfChanged().map(EnvoyTranslator::noTenant).ifPresent(batch.puts::add);
        // a host that moved from one tenant to another in one change is put by one and left by the other
        Set<ResourceKey> put = new HashSet<>();
        batch.puts.forEach(resource -> put.add(resource.key()));
        batch.removals.removeAll(put);
        return cache.update(settings.revision(), batch.puts, List.copyOf(batch.removals));
    }

    private void reached(Settings settings) {
        revision = settings.revision();
        advanced.signalAll();
    }

    private static final class Batch {
        private final List<Resource> puts = new ArrayList<>();
        private final Set<ResourceKey> removals = new HashSet<>();
    }
}
