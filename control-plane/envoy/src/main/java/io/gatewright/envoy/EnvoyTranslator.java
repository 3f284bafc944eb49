package io.gatewright.envoy;

import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Settings to Envoy resources. Thread-safe: pure functions. */
public final class EnvoyTranslator {
    private EnvoyTranslator() {}

    /**
     * What no single tenant owns: listeners, their certificates, clusters, the filter that verifies tokens, and the domain of
     * the rate limit service.
     */
    public static List<Resource> shared(Settings settings) {
        List<Resource> resources = new ArrayList<>(Clusters.of(settings));
        resources.add(Resource.of(
                ResourceType.EXTENSION_CONFIG, FilterOrder.JWT_AUTHN.filterName(), HttpConnections.jwtAuthn(settings)));
        resources.addAll(Certificates.of(settings));
        resources.addAll(Listeners.of(settings));
        resources.add(SharedLimit.serviceConfig());
        return List.copyOf(resources);
    }

    /** The listener that an Envoy gets first, so that it has all scopes before the real ones open. */
    public static Resource primer(Settings settings) {
        return Listeners.primer(settings);
    }

    /** The scopes of a tenant, its own first; empty when there is no such tenant. */
    public static List<Resource> tenant(Settings settings, String id) {
        Tenant tenant = settings.body(Tenant.class, Kind.TENANT, id);
        return tenant == null ? List.of() : new TenantScope(settings, id, tenant).resources();
    }

    /** What the beacon of a tenant's scopes says; empty when there is no such tenant. */
    public static String policy(Settings settings, String id) {
        Tenant tenant = settings.body(Tenant.class, Kind.TENANT, id);
        return tenant == null ? "" : new TenantScope(settings, id, tenant).policy();
    }

    /** The scope that says whether a tenant is live. */
    public static ResourceKey tenantKey(String id) {
        return new ResourceKey(ResourceType.SCOPED_ROUTE, "tenant/" + id);
    }

    /**
     * The scope for preflights that name no tenant.
     *
     * @param origins what {@link #origins} gives for all tenants, sorted
     */
    public static Resource noTenant(Collection<String> origins) {
        return NoTenantScope.resource(origins);
    }

    /** The origins that a tenant allows anywhere; empty when there is no such tenant. */
    public static List<String> origins(Settings settings, String id) {
        if (settings.body(Tenant.class, Kind.TENANT, id) == null) {
            return List.of();
        }
        List<String> origins = new ArrayList<>(settings.effective(id, What.ANY).get(Catalog.CORS_ALLOWED_ORIGINS));
        for (String module : settings.ids(Kind.MODULE)) {
            What.Module what = new What.Module(module);
            if (settings.hasOwn(id, what)) {
                origins.addAll(settings.effective(id, what).get(Catalog.CORS_ALLOWED_ORIGINS));
            }
        }
        return origins;
    }
}
