package io.gatewright.envoy;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.ClusterNotFoundResponseCode;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.gatewright.xds.Resource;
import java.util.Collection;

/**
 * The scope of preflights to a host of no tenant, such as one that all tenants share: it allows every origin that some
 * tenant allows, and never forwards. Nothing else has a route here, like any other scope that is unknown. The cors filter does not act on direct responses, so the route names a cluster that
 * does not exist on purpose.
 */
final class NoTenantScope {
    private NoTenantScope() {}

    static Resource resource(Collection<String> origins) {
        RouteMatch preflight = RouteMatch.newBuilder()
                .setPrefix("/")
                .addHeaders(HeaderMatcher.newBuilder()
                        .setName(":method")
                        .setStringMatch(StringMatcher.newBuilder().setExact("OPTIONS")))
                .addHeaders(HeaderMatcher.newBuilder()
                        .setName("access-control-request-method")
                        .setPresentMatch(true))
                .build();
        VirtualHost host = VirtualHost.newBuilder()
                .setName(ScopeKey.NO_TENANT)
                .addDomains("*")
                .putTypedPerFilterConfig(FilterOrder.CORS.filterName(), Protos.any(Cors.joined(origins)))
                .addRoutes(Route.newBuilder()
                        .setName("preflight")
                        .setMatch(preflight)
                        .setRoute(RouteAction.newBuilder()
                                .setCluster(ScopeKey.NO_TENANT)
                                .setClusterNotFoundResponseCode(ClusterNotFoundResponseCode.NOT_FOUND)))
                .build();
        return Scopes.resource(ScopeKey.NO_TENANT, ScopeKey.NO_TENANT, Scopes.configuration(ScopeKey.NO_TENANT, host));
    }
}
