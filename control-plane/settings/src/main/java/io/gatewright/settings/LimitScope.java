package io.gatewright.settings;

import java.util.List;

/** What a limit counts together. Stateless. */
public final class LimitScope {
    private static final List<Key<?>> KEYS = List.of(
            Catalog.RATE_LIMIT_MODE,
            Catalog.RATE_LIMIT_REQUESTS,
            Catalog.RATE_LIMIT_PERIOD,
            Catalog.RATE_LIMIT_BURST,
            Catalog.RATE_LIMIT_ACTOR_REQUESTS,
            Catalog.RATE_LIMIT_COUNTING);

    private LimitScope() {}

    /**
     * The scope whose requests count together with a tenant's on this module or route: its own when its limit differs from
     * that of the broader one, else the broader one's.
     *
     * @throws IllegalArgumentException when there is no such tenant
     */
    public static Scope of(Settings settings, String tenant, What what) {
        return new Scope(new Who.Tenant(tenant), counted(settings, tenant, what));
    }

    private static What counted(Settings settings, String tenant, What what) {
        What broader = switch (what) {
            case What.Any any -> any;
            case What.Module module -> What.ANY;
            case What.Route route -> new What.Module(route.module());
        };
        if (broader.equals(what)) {
            return what;
        }
        Effective here = settings.effective(tenant, what);
        Effective above = settings.effective(tenant, broader);
        boolean same = KEYS.stream().allMatch(key -> here.get(key).equals(above.get(key)));
        return same ? counted(settings, tenant, broader) : what;
    }
}
