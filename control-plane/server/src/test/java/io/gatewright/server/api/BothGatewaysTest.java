package io.gatewright.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BothGatewaysTest {
    @ParameterizedTest
    @CsvSource({
        "proven, proven, proven",
        "proven, rejected, rejected",
        "timed-out, rejected, timed-out",
        "no-gateways, proven, proven",
        "proven, no-gateways, proven",
        "no-gateways, no-gateways, no-gateways",
        "planned, planned, planned",
        "failed, proven, failed"
    })
    void theGraverOutcomeCountsAndNobodyBesideSomebodyDoesNot(String envoys, String kongs, String both) {
        assertThat(BothGateways.of(sync(1, envoys, "edge"), sync(2, kongs, "kong"))
                        .path("outcome")
                        .asText())
                .isEqualTo(both);
    }

    @Test
    void joinsNodesAndCounts() {
        ObjectNode both = BothGateways.of(sync(1, "proven", "edge"), sync(2, "proven", "kong"));

        assertThat(both.path("nodes")).hasSize(2);
        assertThat(both.path("changed").asInt()).isEqualTo(6);
        assertThat(both.path("id").asInt()).isEqualTo(1);
        assertThat(both.path("kongId").asInt()).isEqualTo(2);
    }

    private static ObjectNode sync(int id, String outcome, String node) {
        ObjectNode sync = Json.object()
                .put("id", id)
                .put("outcome", outcome)
                .put("changed", 3)
                .put("drift", 0);
        sync.putArray("nodes").addObject().put("id", node);
        return sync;
    }
}
