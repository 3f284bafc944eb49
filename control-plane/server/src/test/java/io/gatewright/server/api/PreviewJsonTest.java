package io.gatewright.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.kong.BundleDifference;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PreviewJsonTest {
    private static final BundleDifference DIFFERENCE = new BundleDifference(
            List.of("consumers beta"),
            List.of("plugins rate-limiting/consumer=acme"),
            List.of("consumers gone", "plugins cors/a b"));

    private static ObjectNode preview(int limit, Map<String, String> failures) {
        ObjectNode json = Json.object();
        json.putArray("gateways").addObject().put("gateway", "envoy");
        json.putObject("warnings").put("count", 2).putArray("list").addObject().put("type", "of-envoy");
        PreviewJson.addKong(json, new KongNodes.Foreseen(DIFFERENCE, failures), limit, List.of("edge"));
        return json;
    }

    private static JsonNode kong(int limit) {
        ObjectNode json = preview(limit, Map.of());
        assertThat(json.at("/gateways/0/gateway").asText()).isEqualTo("envoy");
        assertThat(json.at("/warnings/count").asInt()).isEqualTo(2);
        return json.at("/gateways/1");
    }

    @Test
    void warnsOfTenantsThatCannotBeMadeForKong() {
        JsonNode warnings = preview(50, Map.of("acme", "no such thing")).path("warnings");
        assertThat(warnings.path("count").asInt()).isEqualTo(3);
        assertThat(warnings.at("/list/1"))
                .hasToString("{\"count\":1,\"examples\":[\"acme\"],\"type\":\"not-translated\","
                        + "\"message\":\"for Kong: no such thing\"}");
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
