package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What a dry run found, document by document, for people. Stateless. */
final class DryRunText {
    private DryRunText() {}

    /** A table of {@code {changes: {creating, updating, deleting}}}; empty when nothing would change. */
    static String of(JsonNode answer) {
        List<List<String>> rows = new ArrayList<>();
        JsonNode changes = answer.path("changes");
        changes.path("creating").forEach(change -> rows.add(row("create", change)));
        changes.path("updating").forEach(change -> rows.add(row("update", change)));
        changes.path("deleting").forEach(change -> rows.add(row("remove", change)));
        return rows.isEmpty() ? "" : Text.table(List.of("WHAT", "DOCUMENT", "NOW", "THEN"), rows);
    }

    private static List<String> row(String what, JsonNode change) {
        return List.of(what, Text.name(change), Text.body(change.path("old")), Text.body(change.path("new")));
    }
}
