package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a set of changes comes to at each node. */
final class SettlementTest {
    private static final ResourceType SCOPE = ResourceType.SCOPED_ROUTE;
    private static final Duration NOT_AT_ALL = Duration.ZERO;

    private final ManualClock clock = new ManualClock();
    private final Instant start = clock.instant();
    private final List<NodeOutcome> answered = new ArrayList<>();
    private Harness harness;
    private FakeEnvoy quick;
    private FakeEnvoy slow;

    @BeforeEach
    void startWithTwoNodes() throws Exception {
        harness = new Harness(clock);
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "v1"));
        quick = harness.envoy("quick").connect(SCOPE);
        slow = harness.envoy("slow").connect(SCOPE);
        quick.settle();
        slow.settle();
    }

    @AfterEach
    void stop() {
        quick.close();
        slow.close();
        harness.close();
    }

    private Settlement follow(long revision, String... scopes) {
        Set<ResourceKey> keys = new HashSet<>();
        for (String scope : scopes) {
            keys.add(Samples.scopeKey(scope));
        }
        return harness.deployments.follow(keys, revision, start);
    }

    @Test
    void tellsEachNodeWhenItHasAnswered() throws Exception {
        long revision = harness.put(Samples.scope("a", "v2"), Samples.scope("b", "v2"));
        Settlement settlement = follow(revision, "a", "b");
        clock.advance(Duration.ofMillis(3));
        quick.settle();

        assertThat(settlement.await(NOT_AT_ALL, answered::add)).isFalse();
        assertThat(answered).extracting(NodeOutcome::node).containsExactly("quick");
        assertThat(answered.getFirst().provenAt()).isEqualTo(clock.instant());
        assertThat(settlement.outcomes())
                .extracting(NodeOutcome::node, NodeOutcome::state, NodeOutcome::sent, NodeOutcome::accepted)
                .containsExactly(
                        tuple("quick", NodeOutcome.State.PROVEN, 2, 2), tuple("slow", NodeOutcome.State.OPEN, 2, 0));

        slow.settle();
        assertThat(settlement.await(NOT_AT_ALL, answered::add)).isTrue();
        assertThat(answered).extracting(NodeOutcome::node).containsExactly("quick", "slow");
    }

    @Test
    void tellsAlsoWhoHadAnsweredBeforeAnybodyWaited() throws Exception {
        long revision = harness.put(Samples.scope("a", "v2"));
        Settlement settlement = follow(revision, "a");
        quick.settle();
        slow.settle();
        assertThat(settlement.outcomes()).extracting(NodeOutcome::state).containsOnly(NodeOutcome.State.PROVEN);

        assertThat(settlement.await(NOT_AT_ALL, answered::add)).isTrue();
        assertThat(settlement.await(NOT_AT_ALL, answered::add)).isTrue();
        assertThat(answered).extracting(NodeOutcome::node).containsExactly("quick", "slow");
    }

    @Test
    void saysWhatANodeRefuses() throws Exception {
        long revision = harness.put(Samples.scope("a", "bad"), Samples.scope("b", "v2"));
        Settlement settlement = follow(revision, "a", "b");
        quick.settle();
        slow.settle();

        assertThat(settlement.await(NOT_AT_ALL, answered::add)).isTrue();
        assertThat(answered).allSatisfy(node -> {
            assertThat(node.state()).isEqualTo(NodeOutcome.State.REJECTED);
            assertThat(node.accepted()).isEqualTo(1);
            assertThat(node.open()).isZero();
            assertThat(node.rejected()).extracting(Rejection::key).containsExactly(Samples.scopeKey("a"));
        });
    }

    @Test
    void saysWhichNodeWentAway() throws Exception {
        long revision = harness.put(Samples.scope("a", "v2"));
        Settlement settlement = follow(revision, "a");
        quick.settle();
        slow.disconnect();

        assertThat(settlement.await(NOT_AT_ALL, answered::add)).isFalse();
        assertThat(settlement.outcomes())
                .extracting(NodeOutcome::state)
                .containsExactly(NodeOutcome.State.PROVEN, NodeOutcome.State.AWAY);

        slow.connect(SCOPE);
        slow.settle();
        assertThat(settlement.await(NOT_AT_ALL, answered::add))
                .as("it came back")
                .isTrue();
    }

    @Test
    void waitsForNobodyWhoseResourceChangesAgainAndAgain() throws Exception {
        long revision = harness.put(Samples.scope("a", "v2"));
        Settlement settlement = follow(revision, "a");
        for (int i = 3; i < 6; i++) {
            harness.put(Samples.scope("a", "v" + i));
            quick.step();
            slow.step();
        }
        assertThat(harness.status(SCOPE, "a").state()).isNotEqualTo(NodeStatus.State.ACKNOWLEDGED);
        assertThat(settlement.await(NOT_AT_ALL, answered::add)).isTrue();
    }

    @Test
    void takesNoOtherContentOfTheSameRevisionForTheProof() throws Exception {
        long revision = harness.cache.revision();
        harness.cache.update(revision, List.of(Samples.scope("a", "wrong")), List.of());
        quick.settle();
        clock.advance(Duration.ofMillis(1));
        harness.cache.update(revision, List.of(Samples.scope("a", "v1")), List.of());
        Settlement settlement = harness.deployments.follow(Set.of(Samples.scopeKey("a")), revision, clock.instant());

        assertThat(settlement.outcomes()).extracting(NodeOutcome::open).containsExactly(1, 1);
        slow.step();
        assertThat(settlement.outcomes())
                .as("slow has the wrong one")
                .extracting(NodeOutcome::open)
                .containsExactly(1, 1);
        quick.settle();
        slow.settle();
        assertThat(settlement.await(NOT_AT_ALL, answered::add)).isTrue();
    }

    @Test
    void coversAllThatIsUnderWayWhenEverythingIsFollowed() throws Exception {
        harness.put(Samples.scope("a", "v2"));
        quick.settle();
        Settlement all =
                harness.deployments.followAll(Set.of(), Arrears.NONE, harness.cache.revision(), clock.instant());

        assertThat(all.outcomes()).extracting(NodeOutcome::sent).containsExactly(0, 1);
        assertThat(all.await(NOT_AT_ALL, answered::add)).isFalse();
        slow.settle();
        assertThat(all.await(NOT_AT_ALL, answered::add)).isTrue();
    }

    @Test
    void plansWithoutAnAnswer() {
        assertThat(follow(1, "a", "unknown").plan())
                .extracting(NodeOutcome::node, NodeOutcome::sent, NodeOutcome::accepted)
                .containsExactly(tuple("quick", 2, 0), tuple("slow", 2, 0));
    }

    @Test
    void hasNoNodesWhenNoneIsConnected() throws Exception {
        quick.disconnect();
        slow.disconnect();
        Settlement settlement = follow(1, "a");
        assertThat(settlement.hasNodes()).isFalse();
        assertThat(settlement.await(NOT_AT_ALL, answered::add)).isTrue();
        assertThat(settlement.outcomes()).isEmpty();
    }
}
