package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
    private Harness harness;
    private FakeEnvoy envoy;

    @BeforeEach
    void start() throws Exception {
        harness = new Harness();
        envoy = harness.envoy();
    }

    @AfterEach
    void stop() {
        envoy.close();
        harness.close();
    }

    @Test
    void keepsTheNodeOfTheFirstMessageOnly() {
        harness.put(Samples.cluster("c1", "v1"));
        envoy.connect(ResourceType.CLUSTER);
        envoy.settle();

        NodeView node = harness.deployments.nodes().getFirst();
        assertThat(node.id()).isEqualTo("node-1");
        assertThat(node.buildVersion()).isEqualTo("envoy/1.40.0");
        assertThat(node.types().get(ResourceType.CLUSTER)).isEqualTo(new NodeView.Counts(1, 0, 0));
        assertThat(harness.status(ResourceType.CLUSTER, "c1").state()).isEqualTo(NodeStatus.State.ACKNOWLEDGED);
    }

    @Test
    void refusesAStreamWithoutNodeId() {
        harness.put();
        FakeEnvoy nameless = harness.envoy("").connect(ResourceType.CLUSTER);

        assertThat(nameless.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(nameless.end().getDescription()).contains("node with an id");
        assertThat(harness.deployments.counters().streamsOpen()).isZero();
    }

    @Test
    void sendsEverythingToALegacyWildcardAndThenOnlyChanges() {
        harness.put(Samples.cluster("c1", "v1"), Samples.cluster("c2", "v1"));
        envoy.connect(ResourceType.CLUSTER);
        envoy.settle();
        assertThat(envoy.live(ResourceType.CLUSTER)).isEqualTo(Map.of("c1", "v1", "c2", "v1"));
        envoy.forgetTaken();

        harness.put(Samples.cluster("c1", "v1"), Samples.cluster("c2", "v2"));
        harness.remove(ResourceType.CLUSTER, "c1");
        envoy.settle();

        assertThat(envoy.taken(ResourceType.CLUSTER)).containsExactly(List.of("c2"), List.of("-c1"));
    }

    @Test
    void doesNotTakeAnEmptyListOfSecretsForAWildcard() {
        harness.put(Samples.extension("e1", "v1"));
        envoy.connect(ResourceType.EXTENSION_CONFIG);
        envoy.settle();
        assertThat(envoy.taken()).isEmpty();
    }

    @Test
    void understandsAnExplicitWildcardNamesBesideItAndItsEnd() {
        harness.put(Samples.cluster("c1", "v1"), Samples.cluster("c2", "v1"));
        envoy.subscribe(ResourceType.CLUSTER, "*", "c1", "missing").connect(ResourceType.CLUSTER);
        envoy.settle();
        assertThat(envoy.taken(ResourceType.CLUSTER).getFirst()).containsExactly("-missing");
        assertThat(envoy.live(ResourceType.CLUSTER)).containsOnlyKeys("c1", "c2");
        envoy.forgetTaken();

        envoy.unsubscribe(ResourceType.CLUSTER, "*");
        harness.put(Samples.cluster("c1", "v2"), Samples.cluster("c2", "v2"));
        envoy.settle();
        assertThat(envoy.taken(ResourceType.CLUSTER)).containsExactly(List.of("c1"));
        envoy.forgetTaken();

        envoy.unsubscribe(ResourceType.CLUSTER, "c1");
        harness.put(Samples.cluster("c1", "v3"));
        envoy.settle();
        assertThat(envoy.taken()).isEmpty();
    }

    @Test
    void tellsAgainOfANameThatIsUnsubscribedButStillCoveredByTheWildcard() {
        harness.put(Samples.cluster("c1", "v1"));
        envoy.subscribe(ResourceType.CLUSTER, "*", "c1").connect(ResourceType.CLUSTER);
        envoy.settle();
        envoy.forgetTaken();

        envoy.unsubscribe(ResourceType.CLUSTER, "c1");
        envoy.settle();

        assertThat(envoy.taken(ResourceType.CLUSTER)).containsExactly(List.of("c1"));
    }

    @Test
    void answersAMissingNameOnceWithItsRemovalAndSendsItWhenItComes() {
        harness.put();
        envoy.subscribe(ResourceType.ENDPOINT, "c1").connect(ResourceType.ENDPOINT);
        envoy.settle();
        assertThat(envoy.taken(ResourceType.ENDPOINT)).containsExactly(List.of("-c1"));

        harness.put(Samples.endpoint("c1", "v1"), Samples.endpoint("c2", "v1"));
        envoy.settle();
        assertThat(envoy.taken(ResourceType.ENDPOINT)).containsExactly(List.of("-c1"), List.of("c1"));
    }

    @Test
    void resendsANameThatIsSubscribedAgain() {
        harness.put(Samples.endpoint("c1", "v1"));
        envoy.subscribe(ResourceType.ENDPOINT, "c1").connect(ResourceType.ENDPOINT);
        envoy.settle();
        envoy.subscribe(ResourceType.ENDPOINT, "c1");
        envoy.settle();
        assertThat(envoy.taken(ResourceType.ENDPOINT)).containsExactly(List.of("c1"), List.of("c1"));
    }

    @Test
    void resendsEndpointsAfterTheirClusterBecauseItWarmsAgain() {
        harness.put(Samples.cluster("c1", "v1"), Samples.endpoint("c1", "v1"));
        envoy.connect(ResourceType.CLUSTER).subscribe(ResourceType.ENDPOINT, "c1");
        envoy.settle();
        envoy.forgetTaken();

        harness.put(Samples.cluster("c1", "v2"));
        envoy.settle();

        assertThat(envoy.taken().stream()
                        .map(response ->
                                ResourceType.forTypeUrl(response.getTypeUrl()).orElseThrow()))
                .containsExactly(ResourceType.CLUSTER, ResourceType.ENDPOINT);
    }

    @Test
    void sendsOnReconnectOnlyWhatDiffers() {
        harness.update(Samples.scopes(1_200, "v1"), List.of());
        envoy.connect(ResourceType.SCOPED_ROUTE);
        envoy.settle();
        envoy.disconnect();
        harness.put(Samples.scope("t00007", "v2"), Samples.scope("new", "v1"));
        harness.remove(ResourceType.SCOPED_ROUTE, "t00008");
        envoy.forgetTaken();

        envoy.connect(ResourceType.SCOPED_ROUTE);
        envoy.settle();

        assertThat(envoy.taken(ResourceType.SCOPED_ROUTE)).hasSize(2);
        assertThat(envoy.taken(ResourceType.SCOPED_ROUTE).getFirst()).containsExactly("-t00008");
        assertThat(envoy.taken(ResourceType.SCOPED_ROUTE).getLast()).containsExactlyInAnyOrder("t00007", "new");
        assertThat(harness.deployments.counters().reconnects()).isOne();
    }

    @Test
    void sendsNothingOnReconnectIfAllIsEqual() {
        harness.put(Samples.scope("t1", "v1"), Samples.cluster("c1", "v1"), Samples.extension("e1", "v1"));
        envoy.subscribe(ResourceType.EXTENSION_CONFIG, "e1")
                .connect(ResourceType.CLUSTER, ResourceType.SCOPED_ROUTE, ResourceType.EXTENSION_CONFIG);
        envoy.settle();
        envoy.disconnect();
        envoy.forgetTaken();

        envoy.connect(ResourceType.CLUSTER, ResourceType.SCOPED_ROUTE, ResourceType.EXTENSION_CONFIG);
        envoy.settle();

        assertThat(envoy.taken()).isEmpty();
        assertThat(harness.status(ResourceType.SCOPED_ROUTE, "t1").state()).isEqualTo(NodeStatus.State.ACKNOWLEDGED);
    }

    @Test
    void answersAFirstWildcardWithAnEmptyResponseIfThereIsNothing() {
        harness.put();
        envoy.connect(ResourceType.CLUSTER, ResourceType.LISTENER, ResourceType.SCOPED_ROUTE);
        envoy.settle();
        assertThat(envoy.taken()).hasSize(3).allMatch(response -> response.getResourcesCount() == 0);
    }

    @Test
    void answersNobodyBeforeTheFirstUpdate() {
        envoy.connect(ResourceType.SCOPED_ROUTE);
        envoy.settle();
        assertThat(envoy.taken()).isEmpty();

        harness.put(Samples.scope("t1", "v1"));
        envoy.settle();
        assertThat(envoy.taken(ResourceType.SCOPED_ROUTE)).containsExactly(List.of("t1"));
    }

    @Test
    void doesNotTakeAwayAnythingFromANodeThatComesBackToAServerJustStarted() throws Exception {
        harness.put(Samples.scope("t1", "v1"));
        envoy.connect(ResourceType.SCOPED_ROUTE);
        envoy.settle();
        Map<String, String> known = Map.of("t1", Samples.scope("t1", "v1").version());
        try (Harness restarted = new Harness();
                FakeEnvoy same = restarted.envoy().open()) {
            same.send(FakeEnvoy.request(ResourceType.SCOPED_ROUTE).putAllInitialResourceVersions(known));
            restarted.put(Samples.scope("t1", "v1"));
            assertThat(same.step()).isFalse();
        }
    }

    @Test
    void ignoresUnknownNoncesAndHasOneResponsePerTypeUnderWay() {
        harness.put(Samples.cluster("c1", "v1"));
        envoy.connect(ResourceType.CLUSTER);
        harness.put(Samples.cluster("c1", "v2"));
        envoy.send(FakeEnvoy.request(ResourceType.CLUSTER).setResponseNonce("nonsense"));
        assertThat(harness.deployments.counters().responses(ResourceType.CLUSTER))
                .isOne();
        assertThat(harness.status(ResourceType.CLUSTER, "c1").state()).isEqualTo(NodeStatus.State.PENDING);

        envoy.settle();
        assertThat(harness.deployments.counters().responses(ResourceType.CLUSTER))
                .isEqualTo(2);
        assertThat(harness.deployments.counters().acks(ResourceType.CLUSTER)).isEqualTo(2);
        assertThat(harness.deployments.counters().bytes(ResourceType.CLUSTER)).isPositive();
        assertThat(envoy.live(ResourceType.CLUSTER)).containsEntry("c1", "v2");
    }

    @Test
    void sendsNothingWhileTheTransportIsNotReady() {
        envoy.paused().connect(ResourceType.CLUSTER, ResourceType.SCOPED_ROUTE);
        harness.put(Samples.cluster("c1", "v1"), Samples.scope("t1", "v1"));
        assertThat(harness.deployments.counters().responses(ResourceType.CLUSTER))
                .isZero();
        assertThat(harness.status(ResourceType.CLUSTER, "c1").state()).isEqualTo(NodeStatus.State.PENDING);

        envoy.request(1);
        assertThat(harness.deployments.counters().responses(ResourceType.CLUSTER))
                .isOne();
        assertThat(harness.status(ResourceType.CLUSTER, "c1").state()).isEqualTo(NodeStatus.State.SENT);
        envoy.settle();
        envoy.request(1);
        envoy.settle();
        assertThat(envoy.live(ResourceType.SCOPED_ROUTE)).containsEntry("t1", "v1");
    }

    @Test
    void ignoresATypeItDoesNotServeAndGoesOn() {
        harness.put(Samples.cluster("c1", "v1"));
        envoy.open();
        envoy.send(DeltaDiscoveryRequest.newBuilder().setTypeUrl("type.googleapis.com/made.up.Type\nforged=line"));
        envoy.send(FakeEnvoy.request(ResourceType.CLUSTER));
        envoy.settle();
        assertThat(envoy.live(ResourceType.CLUSTER)).containsKey("c1");
    }

    @Test
    void closesAStreamThatSendsARequestWithoutType() {
        harness.put(Samples.cluster("c1", "v1"));
        envoy.open();
        envoy.send(DeltaDiscoveryRequest.newBuilder());
        assertThat(envoy.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(envoy.end().getDescription()).contains("type_url");
    }

    @Test
    void refusesANodeIdThatWouldForgeALogLine() {
        harness.put();
        FakeEnvoy forger = harness.envoy("a\nb").connect(ResourceType.CLUSTER);
        assertThat(forger.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
}
