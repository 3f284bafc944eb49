package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which parked key of which consumer, and why something is done with it. One thread at a time. */
final class ParkedKey {
    @Parameters(index = "0", paramLabel = "CONSUMER", description = "See: gatewright events lag.")
    private String consumer = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "See: gatewright events parked CONSUMER.")
    private String key = "";

    @Option(names = "--tenant", paramLabel = "TENANT", description = "The tenant of its events, when they have one.")
    private @Nullable String tenant;

    @Option(names = "--partition", paramLabel = "N", description = "When key and tenant are parked in several.")
    private @Nullable Integer partition;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why; kept.")
    private String reason = "";

    void send(Session session, String action, String effect) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("key", key).put("reason", reason);
        if (tenant != null) {
            body.put("tenant", tenant);
        }
        if (partition != null) {
            body.put("partition", partition);
        }
        String path = "/v1/consumers/" + Api.path(consumer) + "/" + action;
        JsonNode answer =
                session.api().send("POST", path, body, Map.of(), Api.NO_WAIT).orRefusal();
        session.print(
                answer,
                () -> Text.cell(answer.path("key")) + " of " + Text.cell(answer.path("consumer")) + " " + effect
                        + "\n");
    }
}
