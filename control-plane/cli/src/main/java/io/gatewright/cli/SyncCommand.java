package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "sync", description = "Compares what every gateway runs with what it should run, and repairs it.")
final class SyncCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Option(names = "--dry-run", description = "Only says what would be sent.")
    private boolean dryRun;

    @Option(
            names = "--wait",
            arity = "0..1",
            paramLabel = "DURATION",
            fallbackValue = "PT10S",
            description = "Waits for the gateways' answers (${FALLBACK-VALUE}).")
    private @Nullable Duration wait;

    @Override
    public void run() {
        String query = Api.query("dryRun", dryRun ? "true" : null, "wait", wait == null ? null : wait.toString());
        JsonNode answer = session.api()
                .send("POST", "/v1/syncs" + query, null, Map.of(), wait == null ? Api.NO_WAIT : wait)
                .orRefusal();
        session.print(answer, () -> table(answer));
        for (JsonNode node : answer.path("nodes")) {
            int rejected = node.path("rejected").size();
            if (rejected > 0) {
                throw new Refusal(Text.cell(node.path("id")) + ": rejects " + rejected
                        + (rejected == 1 ? " resource" : " resources") + "; see: gatewright gateways");
            }
        }
    }

    private static String table(JsonNode answer) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode node : answer.path("nodes")) {
            rows.add(List.of(
                    Text.cell(node.path("id")),
                    node.path("connected").asBoolean() ? "connected" : "away",
                    Text.cell(node.path("acknowledged")),
                    Text.cell(node.path("pending")),
                    Integer.toString(node.path("rejected").size())));
        }
        int changed = answer.path("changed").asInt();
        return "sync " + Text.cell(answer.path("id")) + " of revision " + Text.cell(answer.path("revision"))
                + (answer.path("dryRun").asBoolean() ? " would send " : " sent ")
                + (changed == 0 ? "nothing" : changed + (changed == 1 ? " resource" : " resources")) + "\n"
                + Text.table(List.of("NODE", "STATE", "ACKNOWLEDGED", "PENDING", "REJECTED"), rows);
    }
}
