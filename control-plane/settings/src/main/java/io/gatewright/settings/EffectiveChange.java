package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A value that counts differently for a tenant after a change. Immutable.
 *
 * @param what where: a module or route is named only when it differs there in another way than for the tenant as a whole
 * @param before what counted, written as JSON
 * @param after what counts
 */
public record EffectiveChange(String tenant, What what, Key<?> key, JsonNode before, JsonNode after) {

    /** The values of a tenant at one what, before and after. */
    private record Pair(Effective before, Effective after) {
        boolean differs(Key<?> key) {
            return !Objects.equals(before.get(key), after.get(key));
        }

        boolean alike(Key<?> key, Pair other) {
            return Objects.equals(before.get(key), other.before.get(key))
                    && Objects.equals(after.get(key), other.after.get(key));
        }
    }

    /** Tells all that differs, tenant by tenant in the order of their ids; tenants that are new or gone are left out. */
    public static void between(
            Settings before, Settings after, Collection<DocumentKey> changed, Consumer<EffectiveChange> found) {
        for (String tenant : tenants(before, after, changed)) {
            if (before.ids(Kind.TENANT).contains(tenant)
                    && after.ids(Kind.TENANT).contains(tenant)) {
                ofTenant(before, after, tenant, found);
            }
        }
    }

    /** The tenants that such a change may touch, new and removed ones too, sorted. */
    public static Set<String> tenants(Settings before, Settings after, Collection<DocumentKey> changed) {
        return switch (AffectedTenants.between(before, after, changed)) {
            case AffectedTenants.All all -> {
                Set<String> tenants = new TreeSet<>(before.ids(Kind.TENANT));
                tenants.addAll(after.ids(Kind.TENANT));
                yield tenants;
            }
            case AffectedTenants.Some some -> new TreeSet<>(some.tenants());
        };
    }

    private static void ofTenant(Settings before, Settings after, String tenant, Consumer<EffectiveChange> found) {
        Pair own = new Pair(before.effective(tenant, What.ANY), after.effective(tenant, What.ANY));
        tell(tenant, What.ANY, own, null, found);
        for (Document document : after.all(Kind.MODULE)) {
            String id = document.key().id();
            Body.Module old = before.body(Body.Module.class, Kind.MODULE, id);
            if (document.body() instanceof Body.Module module && old != null) {
                Pair below = at(before, after, tenant, new What.Module(id), own, found);
                module.routes().stream()
                        .filter(route -> old.route(route.name()) != null)
                        .forEach(route -> at(before, after, tenant, new What.Route(id, route.name()), below, found));
            }
        }
    }

    private static Pair at(
            Settings before, Settings after, String tenant, What what, Pair broader, Consumer<EffectiveChange> found) {
        if (!before.hasOwn(tenant, what) && !after.hasOwn(tenant, what)) {
            return broader;
        }
        Pair here = new Pair(before.effective(tenant, what), after.effective(tenant, what));
        tell(tenant, what, here, broader, found);
        return here;
    }

    private static void tell(
            String tenant, What what, Pair here, @Nullable Pair broader, Consumer<EffectiveChange> found) {
        if (here.before.equals(here.after)) {
            return;
        }
        for (Key<?> key : Catalog.keys()) {
            if (here.differs(key) && (broader == null || !broader.alike(key, here))) {
                found.accept(new EffectiveChange(tenant, what, key, here.before.json(key), here.after.json(key)));
            }
        }
    }
}
