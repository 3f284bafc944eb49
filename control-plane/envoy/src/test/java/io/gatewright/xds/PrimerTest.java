package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrimerTest {
    private static final ResourceType LISTENER = ResourceType.LISTENER;
    private static final ResourceType SCOPE = ResourceType.SCOPED_ROUTE;

    private Harness harness;
    private FakeEnvoy envoy;

    @BeforeEach
    void start() throws Exception {
        harness = new Harness();
        envoy = harness.envoy();
        harness.cache.primer(Samples.listener("primer", "v1"));
        harness.update(Samples.scopes(700, "v1"), List.of());
        harness.put(Samples.listener("public", "v1"));
    }

    @AfterEach
    void stop() {
        envoy.close();
        harness.close();
    }

    @Test
    void opensTheRealListenersOnlyWhenTheLastChunkOfScopesIsAcknowledged() {
        envoy.connect(LISTENER);
        envoy.settle();
        assertThat(envoy.live(LISTENER)).containsOnlyKeys("primer");

        envoy.subscribe(SCOPE);
        envoy.step();
        assertThat(envoy.live(SCOPE)).hasSize(500);
        assertThat(harness.status(LISTENER, "public").state()).isEqualTo(NodeStatus.State.PENDING);
        envoy.settle();

        assertThat(envoy.live(SCOPE)).hasSize(700);
        assertThat(envoy.live(LISTENER)).containsOnlyKeys("public");
        assertThat(envoy.taken(LISTENER)).containsExactly(List.of("primer"), List.of("public"), List.of("-primer"));
    }

    @Test
    void usesNoPrimerForANodeThatHasRealListeners() {
        load();
        envoy.disconnect();
        envoy.forgetTaken();
        harness.put(Samples.listener("public", "v2"));

        envoy.connect(LISTENER, SCOPE);
        envoy.settle();

        assertThat(envoy.taken(LISTENER)).containsExactly(List.of("public"));
    }

    @Test
    void goesOnLoadingAfterABreakWithoutSendingThePrimerAgain() {
        envoy.connect(LISTENER);
        envoy.settle();
        envoy.disconnect();
        envoy.forgetTaken();

        envoy.connect(LISTENER, SCOPE);
        envoy.settle();

        assertThat(envoy.taken(LISTENER)).containsExactly(List.of("public"), List.of("-primer"));
        assertThat(envoy.live(LISTENER)).containsOnlyKeys("public");
    }

    @Test
    void removesThePrimerAfterABreakBetweenTheRealListenersAndItsRemoval() {
        envoy.connect(LISTENER).subscribe(SCOPE);
        while (!envoy.live(LISTENER).containsKey("public")) {
            envoy.step();
        }
        envoy.disconnect();

        envoy.connect(LISTENER, SCOPE);
        envoy.settle();

        assertThat(envoy.live(LISTENER)).containsOnlyKeys("public");
    }

    @Test
    void keepsThePrimerWhileNoRealListenerIsAccepted() {
        harness.put(Samples.listener("public", "bad"));
        load();
        assertThat(envoy.live(LISTENER)).containsOnlyKeys("primer");

        harness.put(Samples.listener("public", "v2"));
        envoy.settle();
        assertThat(envoy.live(LISTENER)).containsOnlyKeys("public");
    }

    @Test
    void sendsTheRealListenersAtOnceIfThePrimerIsRejected() {
        harness.cache.primer(Samples.listener("primer", "bad"));
        envoy.connect(LISTENER);
        envoy.settle();
        assertThat(envoy.live(LISTENER)).containsOnlyKeys("public");
    }

    @Test
    void sendsListenersDirectlyToAClientThatNamesThem() {
        envoy.subscribe(LISTENER, "public").connect(LISTENER);
        envoy.settle();
        assertThat(envoy.taken(LISTENER)).containsExactly(List.of("public"));
    }

    private void load() {
        envoy.connect(LISTENER).subscribe(SCOPE);
        envoy.settle();
    }
}
