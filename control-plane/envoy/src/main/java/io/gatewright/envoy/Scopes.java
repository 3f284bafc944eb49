package io.gatewright.envoy;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration.Key;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration.Key.Fragment;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;

/** Scoped route configurations. Name and key of a scope come from one id, so that a key never moves to another scope. */
final class Scopes {
    private Scopes() {}

    static Resource resource(String name, String key, RouteConfiguration configuration) {
        return Resource.of(
                ResourceType.SCOPED_ROUTE,
                name,
                ScopedRouteConfiguration.newBuilder()
                        .setName(name)
                        .setKey(Key.newBuilder()
                                .addFragments(Fragment.newBuilder().setStringKey(key)))
                        .setRouteConfiguration(configuration)
                        .build());
    }

    /** Clusters are not validated: one that is missing would have every tenant of a response rejected. */
    static RouteConfiguration configuration(String name, VirtualHost host) {
        return RouteConfiguration.newBuilder()
                .setName(name)
                .setValidateClusters(com.google.protobuf.BoolValue.of(false))
                .addVirtualHosts(host)
                .build();
    }
}
