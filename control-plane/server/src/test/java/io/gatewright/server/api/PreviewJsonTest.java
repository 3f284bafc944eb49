package io.gatewright.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.kong.BundleDifference;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PreviewJsonTest {
    private static final BundleDifference DIFFERENCE = new BundleDifference(
            List.of("consumers beta"),
            List.of("plugins rate-limiting/consumer=acme"),
            List.of("consumers gone", "plugins cors/a b"));

    private static ObjectNode kong(int limit) {
        ObjectNode json = Json.object();
        json.putArray("gateways").addObject().put("gateway", "envoy");
        PreviewJson.addKong(json, DIFFERENCE, limit, List.of("edge"));
        assertThat(json.at("/gateways/0/gateway").asText()).isEqualTo("envoy");
        return (ObjectNode) json.at("/gateways/1");
    }

    @Test
    void namesEachEntityOfKongsBesideEnvoy() {
        assertThat(kong(50))
                .hasToString("{\"gateway\":\"kong\",\"nodes\":[\"edge\"],\"resources\":{\"count\":4,\"list\":["
                        + "{\"type\":\"consumers\",\"name\":\"gone\",\"change\":\"removed\"},"
                        + "{\"type\":\"plugins\",\"name\":\"cors/a b\",\"change\":\"removed\"},"
                        + "{\"type\":\"plugins\",\"name\":\"rate-limiting/consumer=acme\",\"change\":\"changed\"},"
                        + "{\"type\":\"consumers\",\"name\":\"beta\",\"change\":\"added\"}]}}");
    }

    @Test
    void listsNoMoreThanIsAskedForButCountsAll() {
        assertThat(kong(3).at("/resources/list")).hasSize(3);
        assertThat(kong(1).at("/resources/list").findValuesAsText("name")).containsExactly("gone");
        assertThat(kong(1).at("/resources/count").asInt()).isEqualTo(4);
    }
}
