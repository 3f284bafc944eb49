package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is different in the state-of-the-world variant. A removal that a whole set implies shows as a name with a minus. */
class SotwTest {
    private static final ResourceType CLUSTER = ResourceType.CLUSTER;
    private static final ResourceType ENDPOINT = ResourceType.ENDPOINT;
    private static final ResourceType LISTENER = ResourceType.LISTENER;
    private static final ResourceType SCOPE = ResourceType.SCOPED_ROUTE;

    private Harness harness;
    private FakeEnvoy envoy;

    @BeforeEach
    void start() throws Exception {
        harness = new Harness();
        envoy = harness.envoy().stateOfTheWorld();
    }

    @AfterEach
    void stop() {
        envoy.close();
        harness.close();
    }

    @Test
    void sendsACollectionWholeAfterEachChangeSoThatWhatIsAbsentIsGone() {
        harness.put(Samples.cluster("a", "v1"), Samples.cluster("b", "v1"));
        envoy.connect(CLUSTER);
        envoy.settle();
        harness.put(Samples.cluster("a", "v2"));
        envoy.settle();
        harness.remove(CLUSTER, "b");
        envoy.settle();

        assertThat(envoy.taken(CLUSTER).get(0)).containsExactlyInAnyOrder("a", "b");
        assertThat(envoy.taken(CLUSTER).get(1)).containsExactlyInAnyOrder("a", "b");
        assertThat(envoy.taken(CLUSTER).get(2)).containsExactly("a", "-b");
        assertThat(envoy.live(CLUSTER)).isEqualTo(Map.of("a", "v2"));
        assertThat(harness.status(CLUSTER, "a").state()).isEqualTo(NodeStatus.State.ACKNOWLEDGED);
    }

    @Test
    void sendsOfNamedTypesOnlyWhatIsNewAndNothingForAMissingName() {
        harness.put(Samples.endpoint("a", "v1"));
        envoy.subscribe(ENDPOINT, "a", "b").connect(ENDPOINT);
        envoy.settle();
        harness.put(Samples.endpoint("b", "v1"), Samples.endpoint("c", "v1"));
        envoy.settle();
        harness.remove(ENDPOINT, "a");
        envoy.settle();

        assertThat(envoy.taken(ENDPOINT)).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void answersForEveryTypeAWildcardOrNames() {
        for (ResourceType type : ResourceType.values()) {
            harness.put(Samples.of(type, "a", "v1"));
            if (!type.collection()) {
                envoy.subscribe(type, "a");
            }
        }
        envoy.connect(ResourceType.values());
        envoy.settle();

        for (ResourceType type : ResourceType.values()) {
            assertThat(envoy.live(type)).as("%s", type).isEqualTo(Map.of("a", "v1"));
        }
    }

    @Test
    void takesNoNamesAtFirstForEverythingAndLaterForNothing() {
        harness.put(Samples.listener("a", "v1"), Samples.listener("b", "v1"));
        envoy.connect(LISTENER);
        envoy.settle();
        envoy.subscribe(LISTENER, "a");
        harness.put(Samples.listener("a", "v2"), Samples.listener("b", "v2"));
        envoy.settle();
        assertThat(envoy.live(LISTENER)).isEqualTo(Map.of("a", "v2"));
        envoy.forgetTaken();

        envoy.unsubscribe(LISTENER, "a");
        harness.put(Samples.listener("a", "v3"), Samples.listener("b", "v3"));
        envoy.settle();
        assertThat(envoy.taken()).isEmpty();
    }

    @Test
    void saysAllNamedListenersAgainWhenOneIsAskedForBeside() {
        harness.put(Samples.listener("a", "v1"), Samples.listener("b", "v1"), Samples.listener("c", "v1"));
        envoy.subscribe(LISTENER, "a").connect(LISTENER);
        envoy.settle();
        envoy.subscribe(LISTENER, "b", "missing");
        envoy.settle();

        assertThat(envoy.live(LISTENER)).containsOnlyKeys("a", "b");
    }

    @Test
    void ignoresWhatARequestWithAStaleNonceRejectsOrWants() {
        harness.put(Samples.cluster("a", "v1"));
        envoy.connect(CLUSTER);
        envoy.settle();
        envoy.sendStale(CLUSTER);
        harness.put(Samples.cluster("b", "v1"));
        envoy.settle();

        assertThat(envoy.live(CLUSTER)).containsOnlyKeys("a", "b");
        assertThat(harness.deployments.counters().nacks(CLUSTER)).isZero();
    }

    @Test
    void sendsNothingToAClientThatComesBackWithTheWholeSetAlsoToAnotherReplica() throws Exception {
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        envoy.disconnect();
        envoy.forgetTaken();
        envoy.connect(SCOPE);
        envoy.settle();
        assertThat(envoy.taken()).isEmpty();

        envoy.disconnect();
        try (Harness other = new Harness()) {
            other.put(Samples.scope("a", "v1"), Samples.scope("b", "v1"));
            envoy.moveTo(other.envoy());
            envoy.connect(SCOPE);
            envoy.settle();
            assertThat(envoy.taken()).isEmpty();
            other.put(Samples.scope("a", "v2"));
            envoy.settle();
            assertThat(envoy.live(SCOPE)).isEqualTo(Map.of("a", "v2", "b", "v1"));
            envoy.disconnect();
        }
    }

    @Test
    void takesNothingAwayFromAClientThatComesBackWithASetNobodyKnows() throws Exception {
        harness.cache.primer(Samples.listener("primer", "v1"));
        harness.put(Samples.listener("a", "v1"), Samples.cluster("c", "v1"));
        envoy.connect(CLUSTER, LISTENER, SCOPE);
        envoy.settle();
        envoy.disconnect();
        envoy.forgetTaken();
        try (Harness other = new Harness()) {
            other.cache.primer(Samples.listener("primer", "v1"));
            other.put(Samples.listener("a", "v2"), Samples.listener("b", "v1"), Samples.cluster("c", "v2"));
            envoy.moveTo(other.envoy());
            envoy.connect(CLUSTER, LISTENER, SCOPE);
            envoy.settle();
            assertThat(envoy.taken(LISTENER)).hasSize(1);
            assertThat(envoy.live(LISTENER)).isEqualTo(Map.of("a", "v2", "b", "v1"));
            assertThat(envoy.live(CLUSTER)).isEqualTo(Map.of("c", "v2"));
            envoy.disconnect();
        }
    }

    @Test
    void keepsTheLastGoodOfARejectedMemberInEachSetThatFollows() {
        for (ResourceType type : List.of(CLUSTER, LISTENER, SCOPE)) {
            harness.put(Samples.of(type, "a", "v1"), Samples.of(type, "b", "v1"));
            envoy.disconnect();
            envoy.connect(type);
            envoy.settle();
            harness.put(Samples.of(type, "a", "v2"), Samples.of(type, "b", "bad"), Samples.of(type, "c", "v2"));
            envoy.settle();
            assertThat(envoy.live(type)).as("%s", type).isEqualTo(Map.of("a", "v2", "b", "v1", "c", "v2"));
            assertThat(harness.status(type, "b").state()).isEqualTo(NodeStatus.State.REJECTED);
            assertThat(harness.status(type, "a").state()).isEqualTo(NodeStatus.State.ACKNOWLEDGED);
            long nacks = harness.deployments.counters().nacks(type);
            assertThat(nacks).isOne();

            envoy.disconnect();
            envoy.connect(type);
            harness.put(Samples.of(type, "a", "v3"));
            envoy.settle();
            assertThat(envoy.live(type)).as("%s", type).isEqualTo(Map.of("a", "v3", "b", "v1", "c", "v2"));
            assertThat(harness.deployments.counters().nacks(type)).isEqualTo(nacks);
        }
    }

    @Test
    void opensTheRealListenersOnlyWhenTheScopesAreAcknowledged() {
        harness.cache.primer(Samples.listener("primer", "v1"));
        harness.put(Samples.scope("a", "v1"), Samples.listener("public", "v1"));
        envoy.connect(LISTENER, SCOPE);
        envoy.settle();

        assertThat(envoy.taken(LISTENER).getFirst()).containsExactly("primer");
        assertThat(envoy.taken(LISTENER).get(1)).containsExactlyInAnyOrder("primer", "public");
        assertThat(envoy.live(LISTENER)).containsOnlyKeys("public");
    }
}
