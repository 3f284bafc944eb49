package io.gatewright.xds;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A cache and its ADS in this process. Everything runs on the caller's thread. */
final class Harness implements AutoCloseable {
    final XdsCache cache = new XdsCache();
    final Deployments deployments;
    private final AtomicLong revision = new AtomicLong();
    private final Server server;
    private final ManagedChannel channel;

    Harness() throws IOException {
        this(Clock.systemUTC());
    }

    Harness(Clock clock) throws IOException {
        deployments = new Deployments(cache, clock);
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .addService(new AggregatedDiscovery(cache, deployments))
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    FakeEnvoy envoy() {
        return envoy("node-1");
    }

    FakeEnvoy envoy(String id) {
        return new FakeEnvoy(channel, id);
    }

    long put(Resource... resources) {
        return update(List.of(resources), List.of());
    }

    long remove(ResourceType type, String... names) {
        return update(
                List.of(),
                Stream.of(names).map(name -> new ResourceKey(type, name)).toList());
    }

    long update(List<Resource> put, List<ResourceKey> remove) {
        long next = revision.incrementAndGet();
        cache.update(next, put, remove);
        return next;
    }

    NodeStatus status(ResourceType type, String name) {
        return deployments.status(new ResourceKey(type, name)).getFirst();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}
