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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings settings into the cache that Envoys are served from: only the tenants that a change touches, the newest state when
 * several changes wait. A tenant whose resources cannot be made keeps its last good ones, stops nobody else, and is tried
 * again at every change. Thread-safe; one step at a time, in the order of the calls.
 *
 * <p>A change is one step up to 500 tenants. A full reconcile goes in small steps, so that a change never waits for more than
 * one of them.
 */
public final class Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    private static final int CHUNK = 500;
    private static final int RECONCILED_AT_ONCE = 25;

    private final XdsCache cache;
    private final Derivation derivation;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition advanced = lock.newCondition();
    private long revision = -1;

    /**
     * What a full reconcile came to.
     *
     * @param changed what differed
     * @param drifted those of them that no setting had changed
     */
    public record Reconciled(long revision, Set<ResourceKey> changed, Set<ResourceKey> drifted) {}

    public Publisher(XdsCache cache) {
        this(cache, EnvoyTranslator::tenant);
    }

    Publisher(XdsCache cache, BiFunction<Settings, String, List<Resource>> translation) {
        this.cache = cache;
        this.derivation = new Derivation(translation);
    }

    /** Publishes everything in one update, which makes the cache ready. */
    public Set<ResourceKey> publishAll(Settings settings) {
        lock.lock();
        try {
            Derivation.Step step = new Derivation.Step();
            derivation.addShared(settings, step);
            allTenants(settings).forEach(tenant -> derivation.addTenant(settings, tenant, step));
            derivation.addNoTenant(step, true);
            Set<ResourceKey> changed = step.apply(cache, settings.revision());
            reached(settings.revision());
            return changed;
        } finally {
            lock.unlock();
        }
    }

    /** Publishes what a change touches, and returns what thereby differs. */
    public Set<ResourceKey> publish(SettingsChange change) {
        Settings settings = change.current();
        lock.lock();
        try {
            if (revision < 0) { // nothing is published yet that a part could be added to
                return publishAll(settings);
            }
            Set<ResourceKey> changed = new HashSet<>();
            Derivation.Step step = new Derivation.Step();
            Set<String> failing = derivation.failures().keySet();
            if (failing.contains(Derivation.SHARED)
                    || change.changed().stream().anyMatch(key -> touchesShared(key.kind(), key.id()))) {
                derivation.addShared(settings, step);
            }
            Set<String> tenants = new TreeSet<>(
                    switch (change.affected()) {
                        case AffectedTenants.All all -> allTenants(settings);
                        case AffectedTenants.Some some -> some.tenants();
                    });
            failing.stream().filter(tenant -> !tenant.equals(Derivation.SHARED)).forEach(tenants::add);
            int done = 0;
            for (String tenant : tenants) {
                derivation.addTenant(settings, tenant, step);
                if (++done % CHUNK == 0) {
                    changed.addAll(step.apply(cache, settings.revision()));
                    step = new Derivation.Step();
                    LOG.info("published revision={} tenants={} of={}", settings.revision(), done, tenants.size());
                }
            }
            derivation.addNoTenant(step, false);
            changed.addAll(step.apply(cache, settings.revision()));
            reached(settings.revision());
            return changed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Derives everything anew and puts right what differs.
     *
     * @param settings the newest, which is asked for each step, so that none goes back behind a change
     * @param dryRun only says what differs
     */
    public Reconciled reconcile(Supplier<Settings> settings, boolean dryRun) {
        Settings first = settings.get();
        Comparison comparison = new Comparison(cache, derivation, dryRun);
        compare(settings, comparison::shared);
        List<String> tenants = List.copyOf(allTenants(first));
        for (int done = 0; done < tenants.size(); done += RECONCILED_AT_ONCE) {
            List<String> some = tenants.subList(done, Math.min(done + RECONCILED_AT_ONCE, tenants.size()));
            compare(settings, (now, published) -> comparison.tenants(now, published, some));
        }
        compare(settings, (now, published) -> {
            comparison.rest(now, published);
            if (!dryRun && revision < first.revision()) {
                reached(first.revision());
            }
        });
        return new Reconciled(first.revision(), comparison.changed(), comparison.drifted());
    }

    private interface Part {
        void compare(Settings now, boolean published);
    }

    private void compare(Supplier<Settings> settings, Part part) {
        lock.lock();
        try {
            Settings now = settings.get();
            part.compare(now, revision == now.revision());
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
        return derivation.keys(tenant);
    }

    /** The tenant whose scope it is; null when it is shared by all. */
    public @Nullable String owner(ResourceKey key) {
        return derivation.owner(key);
    }

    /** What the beacon of a tenant's scope says when it runs these settings; empty when there is no such tenant. */
    public String policy(Settings settings, String tenant) {
        return EnvoyTranslator.policy(settings, tenant);
    }

    /** The tenants whose resources could not be made, with the reason; {@code *} for what all tenants share. */
    public Map<String, String> failures() {
        return derivation.failures();
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
        tenants.addAll(derivation.tenants());
        return tenants;
    }

    private void reached(long published) {
        revision = published;
        advanced.signalAll();
    }
}
