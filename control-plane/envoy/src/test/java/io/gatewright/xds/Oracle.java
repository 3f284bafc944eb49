package io.gatewright.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** java-control-plane's cache and server in this process. Everything runs on the caller's thread. */
final class Oracle implements AutoCloseable {
    private final SimpleCache<String> cache = new SimpleCache<>(node -> "all");
    private final Map<String, Resource> resources = new TreeMap<>();
    private final Server server;
    private final ManagedChannel channel;

    Oracle() throws IOException {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .addService(new V3DiscoveryServer(cache).getAggregatedDiscoveryServiceImpl())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    FakeEnvoy envoy() {
        return new FakeEnvoy(channel, "node-1");
    }

    void update(List<Resource> put, List<ResourceKey> remove) {
        put.forEach(resource -> resources.put(resource.key().toString(), resource));
        remove.forEach(key -> resources.remove(key.toString()));
        cache.setSnapshot(
                "all",
                Snapshot.create(
                        of(ResourceType.CLUSTER, Cluster.parser()),
                        version(ResourceType.CLUSTER),
                        of(ResourceType.ENDPOINT, ClusterLoadAssignment.parser()),
                        version(ResourceType.ENDPOINT),
                        of(ResourceType.LISTENER, Listener.parser()),
                        version(ResourceType.LISTENER),
                        of(ResourceType.ROUTE, RouteConfiguration.parser()),
                        version(ResourceType.ROUTE),
                        of(ResourceType.SECRET, Secret.parser()),
                        version(ResourceType.SECRET)));
    }

    /** Changes with the content of that type only. */
    private String version(ResourceType type) {
        return resources.values().stream()
                .filter(resource -> resource.type() == type)
                .map(Resource::toString)
                .collect(Collectors.joining(" "));
    }

    private <T extends Message> List<T> of(ResourceType type, Parser<T> parser) {
        return resources.values().stream()
                .filter(resource -> resource.type() == type)
                .map(resource -> parse(parser, resource))
                .toList();
    }

    private static <T extends Message> T parse(Parser<T> parser, Resource resource) {
        try {
            return parser.parseFrom(Resource.unpack(resource.packed()).getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}
