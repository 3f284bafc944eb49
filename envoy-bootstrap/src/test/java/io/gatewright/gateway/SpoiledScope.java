package io.gatewright.gateway;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.gatewright.xds.Resource;

/** A scope that our translator would never make. Stateless. */
final class SpoiledScope {
    private SpoiledScope() {}

    /** The same scope with one more route, whose regular expression does not compile. */
    static Resource of(Resource scope) {
        try {
            ScopedRouteConfiguration.Builder spoiled =
                    Any.parseFrom(scope.packed()).unpack(ScopedRouteConfiguration.class).toBuilder();
            spoiled.getRouteConfigurationBuilder()
                    .getVirtualHostsBuilder(0)
                    .addRoutes(Route.newBuilder()
                            .setMatch(RouteMatch.newBuilder()
                                    .setSafeRegex(RegexMatcher.newBuilder().setRegex("("))));
            spoiled.getRouteConfigurationBuilder()
                    .getVirtualHostsBuilder(0)
                    .getRoutesBuilderList()
                    .getLast()
                    .getDirectResponseBuilder()
                    .setStatus(200);
            return Resource.of(scope.type(), scope.name(), spoiled.build());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(scope + " is no scope", e);
        }
    }
}
