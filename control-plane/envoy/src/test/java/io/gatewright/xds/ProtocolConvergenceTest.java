package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All types on one stream, in both variants: random updates, rejections, stale nonces, lost answers, answers out of order and
 * reconnects; at the end the fake serves what it should. {@code -Dgatewright.protocol.seeds=N} tries N seeds,
 * {@code -Dgatewright.protocol.seed=SEED} just that one.
 */
class ProtocolConvergenceTest {
    private static final int STEPS = 400;
    private static final int NAMES = 5;

    /** What was published, by type and name, and what ever was. */
    private record Truth(Map<ResourceKey, String> wanted, Map<ResourceKey, Set<String>> ever) {}

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void servesTheCacheExceptForWhatIsBadWhichStaysAtALastGood(boolean stateOfTheWorld) throws Exception {
        Long seed = Long.getLong("gatewright.protocol.seed");
        int seeds = seed != null ? 1 : Integer.getInteger("gatewright.protocol.seeds", 8);
        for (int i = 0; i < seeds; i++) {
            long each = seed != null ? seed : new Random().nextLong();
            try {
                converges(each, stateOfTheWorld);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("-Dgatewright.protocol.seed=" + each + " fails", e);
            }
        }
    }

    private static void converges(long seed, boolean stateOfTheWorld) throws Exception {
        Random random = new Random(seed);
        Truth truth = new Truth(new HashMap<>(), new HashMap<>());
        try (Harness harness = new Harness();
                FakeEnvoy envoy = harness.envoy().following()) {
            if (stateOfTheWorld) {
                envoy.stateOfTheWorld();
            }
            if (random.nextBoolean()) {
                harness.cache.primer(Samples.listener("primer", "v1"));
            }
            envoy.connect(ResourceType.values());
            for (int i = 0; i < STEPS; i++) {
                act(random, harness, envoy, truth);
            }
            envoy.settle();
            check(envoy, harness, truth, stateOfTheWorld);

            List<Resource> cured = new ArrayList<>();
            truth.wanted.replaceAll((key, content) -> content.startsWith("bad") ? "cured" : content);
            truth.wanted.forEach((key, content) -> cured.add(Samples.of(key.type(), key.name(), content)));
            harness.update(cured, List.of());
            envoy.settle();
            check(envoy, harness, truth, stateOfTheWorld);
            assertThat(envoy.warming())
                    .allMatch(name -> !truth.wanted.containsKey(new ResourceKey(ResourceType.ENDPOINT, name)));
            assertThat(harness.deployments.nodes().getFirst().rejections().stream()
                            .filter(each -> isSubscribed(envoy, each.key())))
                    .isEmpty();
        }
    }

    private static void act(Random random, Harness harness, FakeEnvoy envoy, Truth truth) {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> update(random, harness, truth);
            case 4 -> envoy.settle();
            case 5 -> {
                if (random.nextInt(4) == 0) {
                    envoy.stepAndBreak();
                    envoy.connect(ResourceType.values());
                }
            }
            case 6 -> {
                if (random.nextInt(4) == 0) {
                    envoy.disconnect();
                    update(random, harness, truth);
                    envoy.connect(ResourceType.values());
                }
            }
            case 7 -> {
                ResourceType[] types = ResourceType.values();
                envoy.sendStale(types[random.nextInt(types.length)]);
            }
            default -> envoy.step(random);
        }
    }

    private static void update(Random random, Harness harness, Truth truth) {
        Map<ResourceKey, Resource> put = new HashMap<>();
        Set<ResourceKey> remove = new HashSet<>();
        ResourceType[] types = ResourceType.values();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            ResourceKey key = new ResourceKey(types[random.nextInt(types.length)], "n" + random.nextInt(NAMES));
            put.remove(key);
            remove.remove(key);
            if (random.nextInt(5) == 0) {
                remove.add(key);
                truth.wanted.remove(key);
            } else {
                String content = (random.nextInt(6) == 0 ? "bad" : "good") + random.nextInt(3);
                put.put(key, Samples.of(key.type(), key.name(), content));
                truth.wanted.put(key, content);
                truth.ever.computeIfAbsent(key, each -> new HashSet<>()).add(content);
            }
        }
        harness.update(List.copyOf(put.values()), List.copyOf(remove));
    }

    private static void check(FakeEnvoy envoy, Harness harness, Truth truth, boolean stateOfTheWorld) {
        truth.wanted.forEach((key, content) -> {
            if (!isSubscribed(envoy, key)) {
                return;
            }
            String live = envoy.live(key.type()).get(key.name());
            NodeStatus.State state = harness.status(key.type(), key.name()).state();
            if (content.startsWith("bad")) {
                assertThat(state).as("%s", key).isEqualTo(NodeStatus.State.REJECTED);
                assertThat(live == null
                                || truth.ever.getOrDefault(key, Set.of()).contains(live))
                        .as("%s serves %s", key, live)
                        .isTrue();
            } else {
                assertThat(live).as("%s", key).isEqualTo(content);
                assertThat(state).as("%s", key).isEqualTo(NodeStatus.State.ACKNOWLEDGED);
            }
        });
        for (ResourceType type : ResourceType.values()) {
            boolean canBeToldOfRemovals = type.collection() || !stateOfTheWorld;
            if (canBeToldOfRemovals) {
                assertThat(envoy.live(type).keySet())
                        .as("%s", type)
                        .allMatch(
                                name -> name.equals("primer") || truth.wanted.containsKey(new ResourceKey(type, name)));
            }
        }
    }

    private static boolean isSubscribed(FakeEnvoy envoy, ResourceKey key) {
        if (key.type() == ResourceType.LISTENER
                && envoy.live(ResourceType.LISTENER).containsKey("primer")) {
            return false;
        }
        return key.type().collection() || envoy.names(key.type()).contains(key.name());
    }
}
