package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes that come while a response is unanswered are joined by it; nothing waits for a timer. */
final class BurstTest {
    private static final ResourceType SCOPE = ResourceType.SCOPED_ROUTE;
    private static final int BURST = 1_000;

    private Harness harness;
    private FakeEnvoy envoy;

    @BeforeEach
    void start() throws Exception {
        harness = new Harness();
        harness.put(Samples.scope("a", "c0"), Samples.scope("b", "c0"));
        envoy = harness.envoy().connect(SCOPE);
        envoy.settle();
        envoy.forgetTaken();
    }

    @AfterEach
    void stop() {
        envoy.close();
        harness.close();
    }

    @Test
    void sendsTheFirstOfABurstAtOnceAndOnlyTheLastAfterItsAnswer() {
        for (int i = 1; i <= BURST; i++) {
            harness.put(Samples.scope("a", "c" + i));
        }
        assertThat(envoy.step()).isTrue();
        assertThat(envoy.live(SCOPE)).containsEntry("a", "c1");
        assertThat(envoy.step()).isTrue();
        assertThat(envoy.live(SCOPE)).containsEntry("a", "c" + BURST);
        assertThat(envoy.step()).isFalse();
        assertThat(envoy.taken(SCOPE)).containsExactly(List.of("a"), List.of("a"));
    }

    @Test
    void joinsTheTenantsOfABurst() {
        List<String> tenants = IntStream.range(0, 100).mapToObj(i -> "t" + i).toList();
        for (int i = 1; i <= BURST; i++) {
            harness.put(Samples.scope(tenants.get(i % tenants.size()), "c" + i));
        }
        envoy.settle();
        assertThat(envoy.taken(SCOPE)).hasSize(2);
        assertThat(envoy.taken(SCOPE).getLast()).hasSize(tenants.size());
        for (int i = BURST - tenants.size() + 1; i <= BURST; i++) {
            assertThat(envoy.live(SCOPE)).containsEntry(tenants.get(i % tenants.size()), "c" + i);
        }
    }

    @Test
    void showsNoStateThatWasNeverCommitted() {
        List<String> seen = new ArrayList<>();
        for (int i = 1; i <= BURST; i++) {
            harness.put(Samples.scope("a", "c" + i), Samples.scope("b", "c" + i));
            if (i % 7 == 0 && envoy.step()) {
                seen.add(envoy.live(SCOPE).get("a") + "=" + envoy.live(SCOPE).get("b"));
            }
        }
        envoy.settle();
        seen.add(envoy.live(SCOPE).get("a") + "=" + envoy.live(SCOPE).get("b"));
        assertThat(seen).allSatisfy(state -> assertThat(state).matches("(c\\d+)=\\1"));
        assertThat(seen.getLast()).isEqualTo("c" + BURST + "=c" + BURST);
        assertThat(envoy.taken(SCOPE)).hasSizeLessThan(BURST / 7 + 3);
    }
}
