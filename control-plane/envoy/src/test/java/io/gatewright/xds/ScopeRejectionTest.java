package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScopeRejectionTest {
    private static final ResourceType SCOPE = ResourceType.SCOPED_ROUTE;

    private Harness harness;
    private FakeEnvoy envoy;
    private final List<Rejection> heard = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        harness = new Harness();
        harness.deployments.onRejected(heard::add);
        envoy = harness.envoy();
    }

    @AfterEach
    void stop() {
        envoy.close();
        harness.close();
    }

    @Test
    void sendsBulkInChunksAndALoneChangeAlone() {
        harness.update(Samples.scopes(1_201, "v1"), List.of());
        envoy.connect(SCOPE);
        envoy.settle();
        assertThat(envoy.taken(SCOPE)).extracting(List::size).containsExactly(500, 500, 201);
        assertThat(envoy.live(SCOPE)).hasSize(1_201);
        envoy.forgetTaken();

        harness.put(Samples.scope("t00001", "v2"));
        harness.put(Samples.scope("t00002", "v2"));
        envoy.settle();
        assertThat(envoy.taken(SCOPE)).containsExactly(List.of("t00001"), List.of("t00002"));
    }

    @Test
    void doublesTheResponsesOfAFirstLoadAndOfNothingLater() {
        harness.put(Samples.cluster("a", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        harness.update(Samples.scopes(4_100, "v1"), List.of());
        envoy.settle();
        assertThat(envoy.taken(SCOPE)).extracting(List::size).containsExactly(0, 500, 500, 1_000, 2_000, 100);
        envoy.forgetTaken();

        harness.update(Samples.scopes(1_300, "v2"), List.of());
        envoy.settle();
        assertThat(envoy.taken(SCOPE)).extracting(List::size).containsExactly(500, 500, 300);
        envoy.forgetTaken();

        envoy.restart();
        envoy.connect(SCOPE);
        envoy.settle();
        assertThat(envoy.taken(SCOPE)).extracting(List::size).containsExactly(500, 500, 1_000, 2_000, 100);
    }

    @Test
    void endsTheGrowthOfAFirstLoadAtARejection() {
        List<Resource> scopes = new ArrayList<>(Samples.scopes(3_500, "v1"));
        scopes.set(1_500, Samples.scope("t01500", "bad"));
        envoy.connect(SCOPE);
        envoy.settle();
        harness.update(scopes, List.of());
        envoy.settle();

        assertThat(envoy.taken(SCOPE).stream().map(List::size).filter(size -> size > 1))
                .containsExactly(500, 500, 1_000, 500, 500, 500);
        assertThat(envoy.live(SCOPE)).hasSize(3_499);
        assertThat(heard).extracting(Rejection::key).containsExactly(Samples.scopeKey("t01500"));
    }

    @Test
    void sendsNoMoreAtOnceThanAnyGrpcClientTakes() {
        harness.update(Samples.scopes(6_000, "v".repeat(1_000)), List.of());
        envoy.connect(SCOPE);
        envoy.settle();

        assertThat(envoy.taken(SCOPE)).hasSizeGreaterThan(4);
        assertThat(envoy.taken())
                .extracting(response -> response.getSerializedSize())
                .allMatch(size -> size < 4 << 20);
        assertThat(envoy.live(SCOPE)).hasSize(6_000);
    }

    @Test
    void sendsRemovalsApartAndWaitsForTheirAnswer() {
        harness.update(Samples.scopes(2, "v1"), List.of());
        envoy.connect(SCOPE);
        envoy.settle();
        envoy.forgetTaken();

        harness.update(List.of(Samples.scope("new", "v1")), List.of(Samples.scopeKey("t00000")));
        assertThat(harness.status(SCOPE, "t00000").state()).isEqualTo(NodeStatus.State.SENT);
        assertThat(harness.status(SCOPE, "new").state()).isEqualTo(NodeStatus.State.PENDING);
        envoy.settle();
        assertThat(envoy.taken(SCOPE)).containsExactly(List.of("-t00000"), List.of("new"));
    }

    @Test
    void triesTheMembersOfARejectedBatchAloneAndSaltedAndQuarantinesOnlyTheGuilty() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "bad"), Samples.scope("c", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();

        assertThat(envoy.live(SCOPE)).isEqualTo(Map.of("a", "v1", "c", "v1"));
        assertThat(envoy.liveRouteName("a")).startsWith("rc-a#");
        assertThat(envoy.taken(SCOPE)).hasSize(4);
        assertThat(envoy.taken(SCOPE).subList(1, 4)).allMatch(members -> members.size() == 1);
        assertThat(envoy.taken().get(1).getResources(0).getVersion())
                .isEqualTo(Samples.scope(envoy.taken(SCOPE).get(1).getFirst(), "v1")
                        .version());

        NodeStatus status = harness.status(SCOPE, "b");
        assertThat(status.state()).isEqualTo(NodeStatus.State.REJECTED);
        assertThat(heard).extracting(Rejection::key).containsExactly(Samples.scopeKey("b"));
        assertThat(heard.getFirst().reason()).isEqualTo("no good: b");
        assertThat(harness.deployments.nodes().getFirst().types()).containsEntry(SCOPE, new NodeView.Counts(2, 0, 1));
        assertThat(harness.deployments.counters().nacks(SCOPE)).isEqualTo(2);
    }

    @Test
    void quarantinesALoneRejectionAtOnceAndKeepsTheLastGood() {
        harness.put(Samples.scope("a", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        envoy.forgetTaken();

        harness.put(Samples.scope("a", "bad"));
        envoy.settle();
        harness.put(Samples.scope("a", "bad"));
        envoy.settle();

        assertThat(envoy.taken(SCOPE)).hasSize(1);
        assertThat(envoy.live(SCOPE)).containsEntry("a", "v1");
        assertThat(heard.getFirst().lastGoodVersion())
                .isEqualTo(Samples.scope("a", "v1").version());
    }

    @Test
    void sendsAQuarantinedScopeAgainWhenItsContentChanges() {
        harness.put(Samples.scope("a", "bad"), Samples.scope("b", "bad"));
        envoy.connect(SCOPE);
        envoy.settle();

        harness.put(Samples.scope("a", "v2"), Samples.scope("b", "v2"));
        envoy.settle();
        assertThat(envoy.live(SCOPE)).isEqualTo(Map.of("a", "v2", "b", "v2"));
        assertThat(envoy.liveRouteName("a")).as("was in a rejected batch").contains("#");

        harness.put(Samples.scope("a", "v3"));
        envoy.settle();
        assertThat(envoy.liveRouteName("a")).as("accepted since").isEqualTo("rc-a");
        assertThat(harness.status(SCOPE, "a").state()).isEqualTo(NodeStatus.State.ACKNOWLEDGED);
    }

    @Test
    void doesNotTrustTheReportedVersionsOfARejectedBatchAfterAReconnect() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        harness.put(Samples.scope("a", "v2"), Samples.scope("b", "bad"));
        envoy.step();
        envoy.disconnect();
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "v1"));
        envoy.forgetTaken();

        envoy.connect(SCOPE);
        envoy.settle();
        assertThat(envoy.taken(SCOPE))
                .as("reported as they should be, sent all the same")
                .hasSize(2);

        harness.put(Samples.scope("a", "v2"));
        envoy.settle();
        assertThat(envoy.live(SCOPE)).isEqualTo(Map.of("a", "v2", "b", "v1"));
    }

    @Test
    void curesABatchWhoseRejectionWasLostWithTheStream() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "v1"), Samples.scope("z", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        harness.put(Samples.scope("a", "v2"), Samples.scope("b", "v2"), Samples.scope("z", "bad"));
        envoy.stepAndBreak();
        harness.put(Samples.scope("z", "v2"));

        envoy.connect(SCOPE);
        envoy.settle();

        assertThat(envoy.live(SCOPE)).isEqualTo(Map.of("a", "v2", "b", "v2", "z", "v2"));
    }

    @Test
    void remembersABatchWhoseRejectionWasLostEvenIfTheContentIsTakenBackMeanwhile() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("z", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        harness.put(Samples.scope("a", "v2"), Samples.scope("z", "bad"));
        envoy.stepAndBreak();
        harness.put(Samples.scope("a", "v1"), Samples.scope("z", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();

        harness.put(Samples.scope("a", "v2"));
        envoy.settle();

        assertThat(envoy.live(SCOPE)).isEqualTo(Map.of("a", "v2", "z", "v1"));
    }

    @Test
    void curesABatchThatAnotherReplicaSawRejected() throws Exception {
        harness.put(Samples.scope("a", "v1"), Samples.scope("z", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        try (Harness other = new Harness()) {
            other.put(Samples.scope("a", "v2"), Samples.scope("z", "v2"));
            harness.put(Samples.scope("a", "v2"), Samples.scope("z", "bad"));
            envoy.stepAndBreak();
            envoy.moveTo(other.envoy());
            envoy.connect(SCOPE);
            envoy.settle();
            assertThat(envoy.live(SCOPE)).isEqualTo(Map.of("a", "v2", "z", "v2"));
            envoy.disconnect();
        }
    }

    @Test
    void restoresAScopeWhoseRemovalWasUnderWayWhenTheStreamBroke() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        harness.remove(SCOPE, "a");
        envoy.stepAndBreak();
        harness.put(Samples.scope("a", "v1"));

        envoy.connectWith(
                SCOPE,
                Map.of(
                        "a",
                        Samples.scope("a", "v1").version(),
                        "b",
                        Samples.scope("b", "v1").version()));
        envoy.settle();

        assertThat(envoy.live(SCOPE)).containsOnlyKeys("a", "b");
    }

    @Test
    void leavesAQuarantineAloneOverAReconnectButTriesANewProcess() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "bad"));
        envoy.connect(SCOPE);
        envoy.settle();
        envoy.disconnect();
        envoy.forgetTaken();

        envoy.connect(SCOPE);
        envoy.settle();
        assertThat(envoy.taken()).isEmpty();
        assertThat(harness.status(SCOPE, "b").state()).isEqualTo(NodeStatus.State.REJECTED);

        envoy.restart();
        envoy.connect(SCOPE);
        envoy.settle();
        assertThat(envoy.taken(SCOPE)).containsExactlyInAnyOrder(List.of("a"), List.of("b"));
        assertThat(envoy.live(SCOPE)).containsOnlyKeys("a");
    }

    @Test
    void doesNotResendTheGuiltyOfAnotherTypeUntilItsContentChanges() {
        harness.put(Samples.cluster("a", "v1"), Samples.cluster("b", "bad"));
        envoy.connect(ResourceType.CLUSTER);
        envoy.settle();
        assertThat(envoy.taken(ResourceType.CLUSTER))
                .as("the good one again, so that it is accepted")
                .hasSize(2)
                .endsWith(List.of("a"));
        assertThat(heard)
                .as("the error names it")
                .extracting(rejection -> rejection.key().name())
                .containsExactly("b");

        harness.put(Samples.cluster("b", "v2"));
        envoy.settle();
        assertThat(envoy.taken(ResourceType.CLUSTER)).hasSize(3).endsWith(List.of("b"));
        assertThat(harness.deployments.nodes().getFirst().rejections()).isEmpty();
    }
}
