package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "history", description = "Shows revisions, newest first: all, or those that changed one document.")
final class HistoryCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Parameters(index = "0", arity = "0..1", paramLabel = "KIND")
    private @Nullable String kind;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ID")
    private @Nullable String id;

    @Option(names = "--before", paramLabel = "REVISION", description = "Only older ones.")
    private @Nullable String before;

    @Option(names = "--at", paramLabel = "TIME", description = Session.AT)
    private @Nullable String at;

    @Option(names = "--limit", paramLabel = "N", description = "How many (20).", defaultValue = "20")
    private int limit;

    @Override
    public void run() {
        String query = Api.query("before", before, "limit", Integer.toString(limit), "kind", kind, "id", id, "at", at);
        JsonNode answer = session.api().get("/v1/revisions" + query);
        session.print(answer, () -> {
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode revision : answer.path("revisions")) {
                rows.add(List.of(
                        Text.cell(revision.path("revision")),
                        Text.cell(revision.path("at")),
                        Text.cell(revision.path("actor")),
                        Text.cell(revision.path("reason")),
                        changes(revision.path("changes"))));
            }
            return Text.table(List.of("REVISION", "AT", "ACTOR", "REASON", "CHANGES"), rows);
        });
    }

    private static String changes(JsonNode changes) {
        List<String> texts = new ArrayList<>();
        for (JsonNode change : changes) {
            if (texts.size() == 3) {
                texts.add("and " + (changes.size() - 3) + " more");
                break;
            }
            texts.add(change(change));
        }
        return String.join("; ", texts);
    }

    private static String change(JsonNode change) {
        String name = Text.name(change);
        JsonNode before = change.path("old");
        JsonNode after = change.path("new");
        if (!after.isObject()) {
            return name + " removed";
        }
        if (change.path("kind").asText().equals("setting")) {
            String old = before.isObject() ? Text.body(before) + " → " : "";
            return name + ": " + old + Text.body(after);
        }
        return name + (before.isObject() ? " changed" : " added");
    }
}
