package io.gatewright.bench;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.gatewright.xds.Resource;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * java-control-plane's SimpleCache and server with the same tenants. It knows no scopes, so each tenant is the route
 * configuration that stands in its scope, and clients ask for them by name. One thread at a time.
 */
final class Peer implements AutoCloseable {
    private static final int MAX_BYTES = 64 << 20;
    private static final String GROUP = "all";

    private final SimpleCache<String> cache = new SimpleCache<>(node -> GROUP);
    private final List<RouteConfiguration> routes = new ArrayList<>();
    private final Server server;
    private long version;

    Peer() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new V3DiscoveryServer(cache).getAggregatedDiscoveryServiceImpl())
                .maxInboundMessageSize(MAX_BYTES)
                .build()
                .start();
    }

    void add(Resource scope) {
        routes.add(route(scope));
    }

    void change(int tenant, Resource scope) {
        routes.set(tenant, route(scope));
    }

    /** Makes a snapshot of all of them, as its interface wants for every change. */
    void publish() {
        cache.setSnapshot(
                GROUP, Snapshot.create(List.of(), List.of(), List.of(), routes, List.of(), Long.toString(++version)));
    }

    List<String> names() {
        return routes.stream().map(RouteConfiguration::getName).toList();
    }

    int port() {
        return server.getPort();
    }

    private static RouteConfiguration route(Resource scope) {
        try {
            ScopedRouteConfiguration whole = Any.parseFrom(scope.packed()).unpack(ScopedRouteConfiguration.class);
            return whole.getRouteConfiguration().toBuilder()
                    .setName(scope.name())
                    .build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(scope + " is no scope", e);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
