package io.gatewright.envoy;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Document;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Kind;
import io.gatewright.settings.LimitScope;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A tenant's scope: its policy once, at the virtual host, and a route for each module. A module or route whose policy
 * differs carries only what differs. One tenant at a time; see {@link EnvoyTranslator#tenant}.
 */
final class TenantScope {
    private final Settings settings;
    private final String id;
    private final Tenant tenant;
    private final boolean fleetCounts;
    private final boolean guarded;

    TenantScope(Settings settings, String id, Tenant tenant) {
        this.settings = settings;
        this.id = id;
        this.tenant = tenant;
        this.fleetCounts = SharedLimit.available(settings);
        this.guarded = GuardCall.available(settings);
    }

    /** The same content under the tenant's id, each of its hosts, and each issuer that is fixed to it. */
    List<Resource> resources() {
        VirtualHost withoutBeacon = virtualHost();
        RouteConfiguration configuration = configuration(withoutBeacon.toBuilder()
                .addRoutes(0, Routes.beacon(id, policy(withoutBeacon)))
                .build());
        List<Resource> resources = new ArrayList<>();
        resources.add(Scopes.resource("tenant/" + id, id, configuration));
        tenant.hosts().forEach(host -> resources.add(Scopes.resource("host/" + host, host, configuration)));
        for (Document document : settings.all(Kind.ISSUER)) {
            if (document.body() instanceof Issuer issuer && id.equals(issuer.tenant())) {
                String url = issuer.issuer().toString();
                resources.add(Scopes.resource("issuer/" + url, url, configuration));
            }
        }
        return List.copyOf(resources);
    }

    /** A digest of everything that the scope does, which its beacon tells. */
    String policy() {
        return policy(virtualHost());
    }

    private String policy(VirtualHost withoutBeacon) {
        return Resource.of(ResourceType.ROUTE, id, configuration(withoutBeacon)).version();
    }

    private RouteConfiguration configuration(VirtualHost host) {
        return Scopes.configuration(id, host);
    }

    private VirtualHost virtualHost() {
        Effective own = settings.effective(id, What.ANY);
        Map<String, Any> policies = policies(What.ANY, own);
        VirtualHost.Builder host = VirtualHost.newBuilder()
                .setName(id)
                .addDomains("*")
                // Of several lines the first names the tenant, and the upstream would get them all: they are replaced.
                .addRequestHeadersToAdd(Protos.header("x-tenant-id", id))
                .addRequestHeadersToAdd(Protos.header("x-org-id", tenant.org()))
                .addRequestHeadersToRemove(ScopeKey.HEADER)
                .addRequestHeadersToRemove(ScopeKey.LISTENER_HEADER)
                .addRequestHeadersToRemove(RequiredHeaders.MISSING)
                .addAllRequestHeadersToRemove(guarded ? List.of(GuardCall.TAGS) : List.of())
                .addAllResponseHeadersToRemove(guarded ? GuardCall.MARKS : List.of())
                .putAllTypedPerFilterConfig(policies);
        modules().forEach(module -> host.addAllRoutes(routes(module.id(), module.body(), own, policies)));
        Route.Builder nothing = Routes.nothing();
        if (guarded) {
            nothing.putTypedPerFilterConfig(FilterOrder.GUARD.filterName(), Protos.any(GuardCall.nothing()));
        }
        return host.addRoutes(nothing).build();
    }

    private record NamedModule(String id, Module body) {}

    /** Longer prefixes first, since Envoy takes the first route that matches. */
    private List<NamedModule> modules() {
        return settings.all(Kind.MODULE).stream()
                .flatMap(document -> document.body() instanceof Module module
                        ? Stream.of(new NamedModule(document.key().id(), module))
                        : Stream.empty())
                .sorted(Comparator.comparingInt(
                        module -> -module.body().prefix().length()))
                .toList();
    }

    private List<Route> routes(String module, Module body, Effective own, Map<String, Any> policies) {
        What.Module what = new What.Module(module);
        Effective effective = settings.hasOwn(id, what) ? settings.effective(id, what) : own;
        Map<String, Any> modulePolicies = effective.equals(own) ? policies : policies(what, effective);
        List<Route> routes = new ArrayList<>();
        body.routes().stream()
                .filter(route -> settings.hasOwn(id, new What.Route(module, route.name())))
                .sorted(Comparator.comparingInt((io.gatewright.settings.Body.Route route) -> parameters(route.path()))
                        .thenComparing(io.gatewright.settings.Body.Route::name))
                .forEach(route -> {
                    What.Route narrow = new What.Route(module, route.name());
                    Map<String, Any> routePolicies = policies(narrow, settings.effective(id, narrow));
                    if (!routePolicies.equals(modulePolicies)) {
                        routes.add(Routes.route(module, body, route)
                                .putAllTypedPerFilterConfig(difference(routePolicies, policies))
                                .build());
                    }
                });
        routes.add(Routes.module(module, body)
                .putAllTypedPerFilterConfig(difference(modulePolicies, policies))
                .build());
        return routes;
    }

    /** Templates with fewer parameters are more special. */
    private static int parameters(String template) {
        return Math.toIntExact(template.chars().filter(c -> c == '{').count());
    }

    private Map<String, Any> policies(What what, Effective effective) {
        boolean together = fleetCounts && SharedLimit.wanted(effective);
        Map<String, Any> policies = new TreeMap<>(Map.of(
                FilterOrder.CORS.filterName(), Protos.any(Cors.policy(effective)),
                FilterOrder.ACCESS.filterName(), Protos.any(Access.policy(settings, id, tenant, effective)),
                FilterOrder.RATE_LIMIT.filterName(), Protos.any(LocalLimit.policy(effective, together))));
        if (together) {
            policies.put(
                    SharedLimit.filter(effective).filterName(),
                    Protos.any(SharedLimit.policy(LimitScope.of(settings, id, what), effective)));
        }
        if (guarded) {
            policies.put(FilterOrder.GUARD.filterName(), Protos.any(GuardCall.policy(id, tenant.org(), effective)));
        }
        return policies;
    }

    private static Map<String, Any> difference(Map<String, Any> narrower, Map<String, Any> broader) {
        Map<String, Any> difference = new TreeMap<>(narrower);
        broader.forEach((filter, policy) -> {
            if (!difference.remove(filter, policy)) {
                difference.putIfAbsent(filter, SharedLimit.nothing()); // the others are in every one
            }
        });
        return difference;
    }
}
