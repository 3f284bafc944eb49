package io.gatewright.kong;

import io.gatewright.settings.Body.Setting;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Key;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What all tenants together say: for plugins that run before Kong knows the tenant. A tenant that is suspended does not
 * count. One thread at a time.
 */
final class Joined {
    private final Settings settings;
    private final List<Named<Tenant>> tenants;
    private final Map<String, Effective> everywhere = new HashMap<>();
    private final Set<What> named;

    Joined(Settings settings) {
        this.settings = settings;
        this.tenants = Named.all(settings, Kind.TENANT, Tenant.class);
        this.named = settings.all(Kind.SETTING).stream()
                .flatMap(document -> document.body() instanceof Setting setting
                        ? Stream.of(setting.scope().what())
                        : Stream.empty())
                .collect(Collectors.toSet());
    }

    List<Named<Tenant>> tenants() {
        return tenants;
    }

    /** Whether a setting is about exactly this, for anybody; else nobody has to be asked. */
    boolean isNamed(What what) {
        return named.contains(what);
    }

    /** What counts for a tenant at a module or route, resolved only where that may differ. */
    Effective effective(String tenant, What what) {
        return switch (what) {
            case What.Any any -> everywhere.computeIfAbsent(tenant, id -> settings.effective(id, any));
            case What.Module module ->
                isNamed(module) && settings.hasOwn(tenant, module)
                        ? settings.effective(tenant, module)
                        : effective(tenant, What.ANY);
            case What.Route route ->
                isNamed(route) && settings.hasOwn(tenant, route)
                        ? settings.effective(tenant, route)
                        : effective(tenant, new What.Module(route.module()));
        };
    }

    boolean any(What what, Predicate<Effective> condition) {
        return tenants.stream()
                .anyMatch(tenant -> !tenant.body().suspended() && condition.test(effective(tenant.id(), what)));
    }

    void forEach(What what, BiConsumer<String, Effective> action) {
        for (Named<Tenant> tenant : tenants) {
            if (!tenant.body().suspended()) {
                action.accept(tenant.id(), effective(tenant.id(), what));
            }
        }
    }

    void addSources(Sources sources, String tenant, What what, Collection<Key<?>> keys) {
        sources.add(settings.sources(tenant, what, keys));
    }
}
