package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptanceTest {
    private static final ResourceType SCOPE = ResourceType.SCOPED_ROUTE;

    private final List<String> heard = new ArrayList<>();
    private Harness harness;
    private FakeEnvoy envoy;

    @BeforeEach
    void start() throws Exception {
        harness = new Harness();
        harness.deployments.onAccepted(each -> heard.add(each.key().name() + " " + each.version()));
        envoy = harness.envoy();
    }

    @AfterEach
    void stop() {
        envoy.close();
        harness.close();
    }

    private static String of(String name, String content) {
        return name + " " + Samples.scope(name, content).version();
    }

    @Test
    void tellsEachContentThatANodeAcceptsAndWasNotKnownToHave() {
        harness.put(Samples.scope("a", "v1"), Samples.scope("b", "v1"), Samples.scope("c", "bad"));
        envoy.connect(SCOPE);
        envoy.settle();
        assertThat(heard).containsExactlyInAnyOrder(of("a", "v1"), of("b", "v1"));
        heard.clear();

        harness.put(Samples.scope("a", "v2"));
        envoy.settle();
        envoy.disconnect();
        envoy.connect(SCOPE);
        harness.update(List.of(Samples.scope("a", "v2")), List.of(Samples.scopeKey("b")));
        envoy.settle();
        assertThat(heard).containsExactly(of("a", "v2"));
    }
}
