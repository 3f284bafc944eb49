package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that have something else than they should: found, and made good. */
final class DriftTest {
    private static final ResourceType SCOPE = ResourceType.SCOPED_ROUTE;

    private final ManualClock clock = new ManualClock();
    private final AtomicInteger seen = new AtomicInteger();
    private Harness harness;
    private FakeEnvoy envoy;

    @BeforeEach
    void start() throws Exception {
        harness = new Harness(clock);
        harness.deployments.onDrift(seen::incrementAndGet);
        envoy = harness.envoy();
    }

    @AfterEach
    void stop() {
        envoy.close();
        harness.close();
    }

    @Test
    void findsNothingWhileAllIsAsItShouldBe() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("gone", "v1"), Samples.cluster("c", "v1"));
        envoy.connect(ResourceType.CLUSTER, SCOPE);
        envoy.settle();
        harness.remove(SCOPE, "gone");
        envoy.settle();
        assertThat(harness.deployments.arrears()).isEqualTo(Arrears.NONE);

        harness.put(Samples.scope("a", "v2"));
        harness.put(Samples.scope("a", "v3"));
        assertThat(harness.deployments.arrears()).as("under way").isEqualTo(Arrears.NONE);

        envoy.disconnect();
        harness.put(Samples.scope("a", "v4"));
        harness.remove(ResourceType.CLUSTER, "c");
        envoy.connect(ResourceType.CLUSTER, SCOPE);
        envoy.settle();
        assertThat(harness.deployments.arrears()).as("back after changes").isEqualTo(Arrears.NONE);
        assertThat(seen).hasValue(0);
    }

    @Test
    void findsNothingInTheListenerThatAStartingNodeGetsFirst() {
        harness.cache.primer(Samples.listener("primer", "p"));
        harness.put(Samples.scope("a", "v1"), Samples.listener("public", "v1"));
        envoy.connect(ResourceType.LISTENER);
        assertThat(envoy.step()).isTrue();
        assertThat(envoy.live(ResourceType.LISTENER)).containsOnlyKeys("primer");
        assertThat(harness.deployments.arrears()).isEqualTo(Arrears.NONE);
    }

    @Test
    void hasANodeThatDoesNotAnswerConnectAgain() {
        harness.put(Samples.scope("a", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        harness.put(Samples.scope("a", "v2"));
        clock.advance(DriftCheck.ANSWER_WITHIN);
        assertThat(harness.deployments.arrears()).as("there is time left").isEqualTo(Arrears.NONE);

        clock.advance(DriftCheck.ANSWER_WITHIN);
        Arrears arrears = harness.deployments.arrears();
        assertThat(arrears.drift()).singleElement().satisfies(drift -> {
            assertThat(drift.kind()).isEqualTo(Drift.Kind.SILENT);
            assertThat(drift.node()).isEqualTo("node-1");
            assertThat(drift.found()).contains("SCOPED_ROUTE");
        });
        harness.deployments.makeGood(arrears);
        assertThat(envoy.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);

        envoy.connect(SCOPE);
        envoy.settle();
        assertThat(envoy.live(SCOPE)).containsExactly(Map.entry("a", "v2"));
        assertThat(harness.deployments.arrears()).isEqualTo(Arrears.NONE);
    }

    @Test
    void leavesAnAnsweringNodeAlone() {
        harness.put(Samples.scope("a", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        harness.put(Samples.scope("a", "v2"));
        clock.advance(DriftCheck.ANSWER_WITHIN.multipliedBy(2));
        Arrears arrears = harness.deployments.arrears();
        envoy.settle();
        harness.deployments.makeGood(arrears);

        harness.put(Samples.scope("a", "v3"));
        envoy.settle();
        assertThat(envoy.live(SCOPE)).containsExactly(Map.entry("a", "v3"));
    }

    @Test
    void sendsAgainWhatANodeAcceptedInAnOlderContentLast() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "v1"));
        envoy.connect(SCOPE);
        try (FakeEnvoy second = harness.envoy("node-1").connect(SCOPE)) {
            second.settle();
            harness.put(Samples.scope("a", "v2"));
            second.settle();
            // the older stream answers for v1 only now, and breaks before it has v2
            envoy.step();
            envoy.disconnect();
            second.forgetTaken();

            Arrears arrears = harness.deployments.arrears();
            assertThat(arrears.drift())
                    .containsExactly(new Drift(
                            Drift.Kind.ACCEPTED,
                            "node-1",
                            Samples.scopeKey("a"),
                            "accepted another content last than it is served now"));
            harness.deployments.makeGood(arrears);
            second.settle();

            assertThat(second.taken(SCOPE)).containsExactly(List.of("a"));
            assertThat(second.live(SCOPE)).containsEntry("a", "v2").containsEntry("b", "v1");
            assertThat(second.liveRouteName("a"))
                    .as("other bytes, or Envoy would skip it")
                    .contains("#");
            assertThat(harness.deployments.arrears()).isEqualTo(Arrears.NONE);
        }
    }

    @Test
    void tellsWhenANodeComesBackWithSomethingElseThanItHad() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("lost", "v1"), Samples.scope("gone", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        harness.remove(SCOPE, "gone");
        envoy.settle();
        envoy.disconnect();
        envoy.forgetTaken();

        envoy.connectWith(
                SCOPE,
                Map.of("a", "another", "gone", Samples.scope("gone", "v1").version()));
        envoy.settle();

        assertThat(seen).as("told once").hasValue(1);
        assertThat(envoy.live(SCOPE)).containsOnlyKeys("a", "lost");
        assertThat(envoy.taken(SCOPE).stream().flatMap(List::stream)).contains("a", "lost", "-gone");
        Arrears arrears = harness.deployments.arrears();
        assertThat(arrears.drift())
                .extracting(Drift::kind, Drift::resource)
                .containsExactlyInAnyOrder(
                        tuple(Drift.Kind.REPORTED, Samples.scopeKey("a")),
                        tuple(Drift.Kind.REPORTED, Samples.scopeKey("lost")),
                        tuple(Drift.Kind.REPORTED, Samples.scopeKey("gone")));
        envoy.forgetTaken();
        harness.deployments.makeGood(arrears);
        envoy.settle();
        assertThat(envoy.taken(SCOPE)).as("it was sent at once").isEmpty();
        assertThat(harness.deployments.arrears()).isEqualTo(Arrears.NONE);
    }

    @Test
    void offersWhatIsRefusedOnceMoreAndOnlyOnce() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "v1"));
        envoy.connect(SCOPE);
        envoy.settle();
        harness.put(Samples.scope("a", "bad"));
        envoy.settle();
        Rejection first = Objects.requireNonNull(harness.status(SCOPE, "a").rejection());
        envoy.forgetTaken();

        clock.advance(DriftCheck.ANSWER_WITHIN);
        harness.deployments.makeGood(harness.deployments.arrears());
        assertThat(harness.status(SCOPE, "a").state()).isEqualTo(NodeStatus.State.SENT);
        envoy.settle();

        assertThat(envoy.taken(SCOPE)).containsExactly(List.of("a"));
        assertThat(envoy.live(SCOPE)).containsEntry("a", "v1").containsEntry("b", "v1");
        Rejection again = Objects.requireNonNull(harness.status(SCOPE, "a").rejection());
        assertThat(again.since()).isEqualTo(first.since());
        assertThat(again.at()).isEqualTo(clock.instant());
        assertThat(harness.deployments.arrears().refused()).containsExactly(again);
    }
}
