package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Over real sockets and threads. */
class AdsServerTest {
    private static final int NODES = 4;
    private static final int UPDATES = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final XdsCache cache = new XdsCache();
    private final Deployments deployments = new Deployments(cache, Clock.systemUTC());
    private final AggregatedDiscovery service = new AggregatedDiscovery(cache, deployments);

    @Test
    void saysWhichAddressItCannotHave() {
        AdsServer first = new AdsServer(service, "127.0.0.1", 0);
        first.start();
        try {
            assertThat(first.port()).isPositive();
            AdsServer second = new AdsServer(service, "127.0.0.1", first.port());
            assertThatThrownBy(second::start)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + first.port());
        } finally {
            first.stop();
        }
    }

    @Test
    void bringsSeveralNodesToTheSameStateWhileUpdatesAndReconnectsRace() throws Exception {
        long seed = new Random().nextLong();
        AdsServer server = new AdsServer(service, "127.0.0.1", 0);
        server.start();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        CompletableFuture<Map<String, String>> goal = new CompletableFuture<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> nodes = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                FakeEnvoy envoy = new FakeEnvoy(channel, "node-" + i);
                Random random = new Random(seed + i);
                nodes.add(threads.submit(() -> {
                    run(envoy, random, goal);
                    return null;
                }));
            }
            Map<String, String> wanted = publish(new Random(seed));
            goal.complete(wanted);
            for (Future<?> node : nodes) {
                assertThat(node).as("seed %d", seed).succeedsWithin(PATIENCE);
            }
            assertThat(deployments.nodes()).hasSize(NODES);
        } finally {
            channel.shutdownNow();
            server.stop();
        }
        assertThat(deployments.counters().streamsOpen()).isZero();
    }

    @Test
    void awaitsAcknowledgementsThatComeOverASocket() throws Exception {
        AdsServer server = new AdsServer(service, "127.0.0.1", 0);
        server.start();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        List<Resource> scopes = Samples.scopes(2_000, "v1");
        cache.update(1, scopes, List.of());
        try (FakeEnvoy envoy = new FakeEnvoy(channel, "node").connect(ResourceType.SCOPED_ROUTE)) {
            while (envoy.live(ResourceType.SCOPED_ROUTE).size() < scopes.size()) {
                assertThat(envoy.await(PATIENCE)).isTrue();
            }
            assertThat(deployments.await(scopes.stream().map(Resource::key).toList(), 1, PATIENCE))
                    .isTrue();
        } finally {
            channel.shutdownNow();
            server.stop();
        }
    }

    private static void run(FakeEnvoy envoy, Random random, CompletableFuture<Map<String, String>> goal)
            throws InterruptedException {
        envoy.connect(ResourceType.SCOPED_ROUTE);
        while (!goal.isDone()) {
            if (random.nextInt(20) == 0) {
                envoy.stepAndBreak();
                envoy.connect(ResourceType.SCOPED_ROUTE);
            }
            envoy.await(Duration.ofMillis(10));
        }
        while (!envoy.live(ResourceType.SCOPED_ROUTE).equals(goal.join())) {
            if (!envoy.await(PATIENCE)) {
                throw new AssertionError(
                        "no response, and %s is not %s".formatted(envoy.live(ResourceType.SCOPED_ROUTE), goal.join()));
            }
        }
        envoy.settle();
    }

    /** Publishes random changes, bad ones too, and at last only good ones; returns the last content. */
    private Map<String, String> publish(Random random) {
        Map<String, String> wanted = new HashMap<>();
        for (int revision = 1; revision <= UPDATES; revision++) {
            String name = "t" + random.nextInt(30);
            if (random.nextInt(5) == 0) {
                wanted.remove(name);
                cache.update(revision, List.of(), List.of(Samples.scopeKey(name)));
            } else {
                String content = (random.nextInt(6) == 0 ? "bad" : "good") + random.nextInt(3);
                wanted.put(name, content);
                cache.update(revision, List.of(Samples.scope(name, content)), List.of());
            }
        }
        wanted.replaceAll((name, content) -> content.startsWith("bad") ? "cured" : content);
        List<Resource> last = new ArrayList<>();
        wanted.forEach((name, content) -> last.add(Samples.scope(name, content)));
        cache.update(UPDATES + 1, last, List.of());
        return Map.copyOf(wanted);
    }
}
