package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Random updates, rejections, lost answers and reconnects; at the end the fake serves what it should. */
class ScopeConvergenceTest {
    private static final int STEPS = 400;
    private static final int TENANTS = 12;

    private final Map<String, String> wanted = new HashMap<>();
    private final Map<String, Set<String>> everWanted = new HashMap<>();

    @RepeatedTest(60)
    void servesTheCacheExceptForWhatIsBadWhichStaysAtALastGood() throws Exception {
        converges(new Random().nextLong());
    }

    /** Its content goes from one bad to another and back while the other is under way. */
    @Test
    void convergesWithASeedThatOnceDidNot() throws Exception {
        converges(522_848_643_103_502_301L);
    }

    private void converges(long seed) throws Exception {
        Random random = new Random(seed);
        try (Harness harness = new Harness();
                FakeEnvoy envoy = harness.envoy().connect(ResourceType.SCOPED_ROUTE)) {
            for (int i = 0; i < STEPS; i++) {
                act(random, harness, envoy);
            }
            envoy.settle();
            check(seed, envoy, harness);

            List<Resource> cured = new ArrayList<>();
            wanted.replaceAll((name, content) -> content.startsWith("bad") ? "cured" : content);
            wanted.forEach((name, content) -> cured.add(Samples.scope(name, content)));
            harness.update(cured, List.of());
            envoy.settle();
            assertThat(envoy.live(ResourceType.SCOPED_ROUTE))
                    .as("seed %d", seed)
                    .isEqualTo(wanted);
            assertThat(harness.deployments.nodes().getFirst().rejections())
                    .as("seed %d", seed)
                    .isEmpty();
        }
    }

    private void act(Random random, Harness harness, FakeEnvoy envoy) {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> update(random, harness);
            case 4 -> envoy.settle();
            case 5 -> {
                if (random.nextInt(4) == 0) {
                    envoy.stepAndBreak();
                    envoy.connect(ResourceType.SCOPED_ROUTE);
                }
            }
            case 6 -> {
                if (random.nextInt(4) == 0) {
                    envoy.disconnect();
                    update(random, harness);
                    envoy.connect(ResourceType.SCOPED_ROUTE);
                }
            }
            case 7 -> envoy.send(FakeEnvoy.request(ResourceType.SCOPED_ROUTE).setResponseNonce("stale"));
            default -> envoy.step();
        }
    }

    private void update(Random random, Harness harness) {
        Map<String, Resource> put = new HashMap<>();
        Set<ResourceKey> remove = new HashSet<>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            String name = "t" + random.nextInt(TENANTS);
            put.remove(name);
            remove.remove(Samples.scopeKey(name));
            if (random.nextInt(5) == 0) {
                remove.add(Samples.scopeKey(name));
                wanted.remove(name);
            } else {
                String content = (random.nextInt(6) == 0 ? "bad" : "good") + random.nextInt(3);
                put.put(name, Samples.scope(name, content));
                wanted.put(name, content);
                everWanted.computeIfAbsent(name, each -> new HashSet<>()).add(content);
            }
        }
        harness.update(List.copyOf(put.values()), List.copyOf(remove));
    }

    private void check(long seed, FakeEnvoy envoy, Harness harness) {
        Map<String, String> live = envoy.live(ResourceType.SCOPED_ROUTE);
        wanted.forEach((name, content) -> {
            NodeStatus status = harness.status(ResourceType.SCOPED_ROUTE, name);
            if (content.startsWith("bad")) {
                assertThat(status.state()).as("seed %d: %s", seed, name).isEqualTo(NodeStatus.State.REJECTED);
                String lastGood = live.get(name);
                assertThat(lastGood == null
                                || everWanted.getOrDefault(name, Set.of()).contains(lastGood))
                        .as("seed %d: %s serves %s", seed, name, lastGood)
                        .isTrue();
            } else {
                assertThat(live.get(name)).as("seed %d: %s", seed, name).isEqualTo(content);
                assertThat(status.state()).as("seed %d: %s", seed, name).isEqualTo(NodeStatus.State.ACKNOWLEDGED);
            }
        });
        Set<String> served = new HashSet<>(live.keySet());
        served.removeAll(wanted.keySet());
        assertThat(served).as("seed %d: not wanted", seed).isEmpty();
    }
}
