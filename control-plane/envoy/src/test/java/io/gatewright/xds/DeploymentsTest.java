package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeploymentsTest {
    private static final ResourceType SCOPE = ResourceType.SCOPED_ROUTE;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final ManualClock clock = new ManualClock();
    private Harness harness;
    private FakeEnvoy envoy;

    @BeforeEach
    void start() throws Exception {
        harness = new Harness(clock);
        envoy = harness.envoy();
    }

    @AfterEach
    void stop() {
        envoy.close();
        harness.close();
    }

    @Test
    void followsAResourceFromPendingToAcknowledged() {
        harness.put();
        envoy.connect(SCOPE);
        envoy.settle();
        harness.put(Samples.scope("a", "v1"));
        harness.put(Samples.scope("b", "v1"));
        assertThat(harness.status(SCOPE, "a").state()).isEqualTo(NodeStatus.State.SENT);
        assertThat(harness.status(SCOPE, "b").state()).isEqualTo(NodeStatus.State.PENDING);
        assertThat(harness.status(ResourceType.CLUSTER, "c").state()).isEqualTo(NodeStatus.State.UNSUBSCRIBED);

        clock.advance(Duration.ofSeconds(5));
        envoy.settle();
        assertThat(harness.status(SCOPE, "a"))
                .isEqualTo(new NodeStatus(
                        "node-1",
                        true,
                        NodeStatus.State.ACKNOWLEDGED,
                        null,
                        Samples.scope("a", "v1").version(),
                        clock.instant()));
    }

    @Test
    void awaitsEveryConnectedNodeThatWantsTheResource() throws Exception {
        long revision = harness.put(Samples.scope("a", "v1"));
        envoy.connect(SCOPE);
        try (FakeEnvoy second = harness.envoy("node-2").connect(SCOPE);
                FakeEnvoy other = harness.envoy("node-3").connect(ResourceType.CLUSTER)) {
            other.settle();
            envoy.settle();
            assertThat(harness.deployments.await(List.of(Samples.scopeKey("a")), revision, Duration.ZERO))
                    .isFalse();
            second.settle();
            assertThat(harness.deployments.await(List.of(Samples.scopeKey("a")), revision, Duration.ZERO))
                    .isTrue();
            assertThat(harness.deployments.await(List.of(Samples.scopeKey("a")), revision + 1, Duration.ZERO))
                    .as("that revision is still to come")
                    .isFalse();
        }
    }

    @Test
    void awaitsAtLeastOneNode() throws Exception {
        long revision = harness.put(Samples.scope("a", "v1"));
        assertThat(harness.deployments.await(List.of(Samples.scopeKey("a")), revision, Duration.ZERO))
                .isFalse();
    }

    @Test
    void countsARejectionAndALaterRemovalAsSettled() throws Exception {
        long bad = harness.put(Samples.scope("a", "bad"));
        envoy.connect(SCOPE);
        envoy.settle();
        assertThat(harness.deployments.await(List.of(Samples.scopeKey("a")), bad, Duration.ZERO))
                .isTrue();
        long removed = harness.remove(SCOPE, "a");
        assertThat(harness.deployments.await(List.of(Samples.scopeKey("a")), removed, Duration.ZERO))
                .isFalse();
        envoy.settle();
        assertThat(harness.deployments.await(List.of(Samples.scopeKey("a")), removed, Duration.ZERO))
                .isTrue();
    }

    @Test
    void doesNotWaitForALaterChangeOnceTheRevisionWasAcknowledged() throws Exception {
        long first = harness.put(Samples.scope("a", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        long second = harness.put(Samples.scope("a", "v2"));
        assertThat(harness.deployments.await(List.of(Samples.scopeKey("a")), first, Duration.ZERO))
                .isTrue();
        assertThat(harness.deployments.await(List.of(Samples.scopeKey("a")), second, Duration.ZERO))
                .isFalse();
    }

    @Test
    void wakesAWaiterWhenTheAcknowledgementComes() throws Exception {
        long revision = harness.put(Samples.scope("a", "v1"));
        envoy.connect(SCOPE);
        CountDownLatch started = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Boolean> settled = new CompletableFuture<>();
            threads.execute(() -> {
                started.countDown();
                try {
                    settled.complete(harness.deployments.await(List.of(Samples.scopeKey("a")), revision, LONG));
                } catch (InterruptedException e) {
                    settled.completeExceptionally(e);
                }
            });
            started.await();
            envoy.settle();
            assertThat(settled.join()).isTrue();
        }
    }

    @Test
    void keepsADisconnectedNodeForADay() {
        harness.put(Samples.scope("a", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        envoy.disconnect();
        assertThat(harness.deployments.nodes()).singleElement().matches(node -> !node.connected());
        assertThat(harness.status(SCOPE, "a").state()).isEqualTo(NodeStatus.State.ACKNOWLEDGED);
        harness.put(Samples.scope("a", "v2"));
        assertThat(harness.status(SCOPE, "a").state()).isEqualTo(NodeStatus.State.UNKNOWN);

        clock.advance(Deployments.REMEMBERED.plusSeconds(1));
        assertThat(harness.deployments.nodes()).isEmpty();
    }

    @Test
    void forgetsTheLongestDisconnectedBeyondAThousand() {
        harness.put();
        for (int i = 0; i < Deployments.MAX_NODES + 5; i++) {
            clock.advance(Duration.ofMillis(1));
            try (FakeEnvoy each = harness.envoy("node-%04d".formatted(i)).connect(SCOPE)) {
                each.settle();
            }
        }
        assertThat(harness.deployments.nodes())
                .hasSize(Deployments.MAX_NODES)
                .first()
                .matches(node -> node.id().equals("node-0005"));
    }

    @Test
    void remembersABoundedNumberOfAcknowledgements() {
        int count = NodeRecord.RECENT_ACKS + 1;
        harness.update(Samples.scopes(count, "v1"), List.of());
        envoy.connect(SCOPE);
        envoy.settle();
        assertThat(harness.cache.names(SCOPE).stream()
                        .filter(name -> harness.status(SCOPE, name).acknowledgedAt() == null))
                .hasSize(1)
                .allMatch(name -> harness.status(SCOPE, name).state() == NodeStatus.State.ACKNOWLEDGED);
    }
}
