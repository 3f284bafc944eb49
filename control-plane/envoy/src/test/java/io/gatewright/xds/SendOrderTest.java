package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SendOrderTest {
    private Harness harness;
    private FakeEnvoy envoy;

    @BeforeEach
    void start() throws Exception {
        harness = new Harness();
        envoy = harness.envoy();
        harness.put();
    }

    @AfterEach
    void stop() {
        envoy.close();
        harness.close();
    }

    @Test
    void sendsScopesAndExtensionsOnlyWhenTheirClustersAreAcknowledged() {
        envoy.subscribe(ResourceType.EXTENSION_CONFIG, "e1")
                .connect(ResourceType.SCOPED_ROUTE, ResourceType.EXTENSION_CONFIG, ResourceType.CLUSTER);
        envoy.settle();

        harness.put(Samples.scope("t1", "v1"), Samples.extension("e1", "v1"), Samples.cluster("c1", "v1"));
        assertThat(harness.status(ResourceType.CLUSTER, "c1").state()).isEqualTo(NodeStatus.State.SENT);
        assertThat(harness.status(ResourceType.SCOPED_ROUTE, "t1").state()).isEqualTo(NodeStatus.State.PENDING);
        assertThat(harness.status(ResourceType.EXTENSION_CONFIG, "e1").state()).isEqualTo(NodeStatus.State.PENDING);
        envoy.step();
        assertThat(harness.status(ResourceType.SCOPED_ROUTE, "t1").state()).isEqualTo(NodeStatus.State.SENT);
        assertThat(harness.status(ResourceType.EXTENSION_CONFIG, "e1").state()).isEqualTo(NodeStatus.State.SENT);
    }

    @Test
    void goesOnWithScopesWhenAClusterIsRejected() {
        envoy.connect(ResourceType.CLUSTER, ResourceType.SCOPED_ROUTE);
        harness.put(Samples.scope("t1", "v1"), Samples.cluster("c1", "bad"));
        envoy.settle();
        assertThat(envoy.live(ResourceType.SCOPED_ROUTE)).containsKey("t1");
    }

    @Test
    void doesNotWaitForClustersThatTheNodeHasNotAskedFor() {
        envoy.connect(ResourceType.SCOPED_ROUTE);
        harness.put(Samples.scope("t1", "v1"), Samples.cluster("c1", "v1"));
        envoy.settle();
        assertThat(envoy.live(ResourceType.SCOPED_ROUTE)).containsKey("t1");
    }

    @Test
    void removesAClusterOnlyAfterTheScopesThatUsedItAreAcknowledged() {
        envoy.connect(ResourceType.CLUSTER, ResourceType.SCOPED_ROUTE);
        harness.put(Samples.cluster("old", "v1"), Samples.scope("t1", "old"), Samples.scope("t2", "old"));
        envoy.settle();
        envoy.forgetTaken();

        harness.update(
                List.of(Samples.cluster("new", "v1"), Samples.scope("t1", "new")),
                List.of(new ResourceKey(ResourceType.CLUSTER, "old"), Samples.scopeKey("t2")));
        envoy.settle();

        assertThat(envoy.taken().stream()
                        .map(response -> response.getRemovedResourcesList() + " "
                                + response.getResourcesList().stream()
                                        .map(io.envoyproxy.envoy.service.discovery.v3.Resource::getName)
                                        .toList()))
                .containsExactlyInAnyOrder("[] [new]", "[t2] []", "[] [t1]", "[old] []")
                .last()
                .isEqualTo("[old] []");
    }
}
