package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "syncs", description = "Shows past syncs of all replicas, newest first, or one with its gateways.")
final class SyncsCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Parameters(index = "0", arity = "0..1", paramLabel = "ID")
    private @Nullable Long id;

    @Option(names = "--before", paramLabel = "ID", description = "Only older ones.")
    private @Nullable String before;

    @Option(names = "--limit", paramLabel = "N", description = "How many (20).", defaultValue = "20")
    private int limit;

    @Option(
            names = "--trigger",
            paramLabel = "WHY",
            description = "Only those of startup, interval, manual, drift or revision.")
    private @Nullable String trigger;

    @Override
    public void run() {
        if (id != null) {
            JsonNode sync = session.api().get("/v1/syncs/" + id);
            session.print(sync, () -> heads(List.of(sync)) + nodes(sync));
            return;
        }
        String query = Api.query("before", before, "limit", Integer.toString(limit), "trigger", trigger);
        JsonNode answer = session.api().get("/v1/syncs" + query);
        session.print(answer, () -> heads(answer.path("syncs")));
    }

    private static String heads(Iterable<JsonNode> syncs) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode sync : syncs) {
            rows.add(List.of(
                    Text.cell(sync.path("id")),
                    Text.cell(sync.path("trigger")) + (sync.path("dryRun").asBoolean() ? " (dry run)" : ""),
                    Text.cell(sync.path("revision")),
                    Text.cell(sync.path("startedAt")),
                    Text.cell(sync.path("outcome")),
                    Text.cell(sync.path("proofMillis")),
                    Text.cell(sync.path("changed")),
                    Text.cell(sync.path("drift")),
                    Text.cell(sync.path("replica"))));
        }
        return Text.table(
                List.of("ID", "TRIGGER", "REVISION", "STARTED", "OUTCOME", "PROOF MS", "CHANGED", "DRIFT", "REPLICA"),
                rows);
    }

    private static String nodes(JsonNode sync) {
        List<List<String>> rows = new ArrayList<>();
        StringBuilder reasons = new StringBuilder();
        for (JsonNode node : sync.path("nodes")) {
            rows.add(List.of(
                    Text.cell(node.path("id")),
                    Text.cell(node.path("state")),
                    Text.cell(node.path("sent")),
                    Text.cell(node.path("accepted")),
                    Text.cell(node.path("open")),
                    Text.cell(node.path("provenAt"))));
        }
        for (JsonNode held : sync.path("quarantined")) {
            reasons.append(Text.held(held)).append('\n');
        }
        return Text.table(List.of("NODE", "STATE", "SENT", "ACCEPTED", "OPEN", "PROVEN"), rows) + reasons;
    }
}
