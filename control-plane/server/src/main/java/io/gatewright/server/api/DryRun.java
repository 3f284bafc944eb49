package io.gatewright.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.DocumentChange;
import io.gatewright.registry.Rehearsal;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * What a change set would do, in the form of {@code deck gateway diff --json-output}: {@code {changes: {creating, updating,
 * deleting}, summary}}, so that what reads the one reads the other.
 */
final class DryRun {
    private DryRun() {}

    /** @throws Refusal when it would be turned down */
    static Response of(Rehearsal rehearsal) {
        return switch (rehearsal) {
            case Rehearsal.Refused refused -> Answers.of(refused.why());
            case Rehearsal.Possible possible ->
                Response.ok(json(possible).toString()).build();
        };
    }

    private static ObjectNode json(Rehearsal.Possible possible) {
        ObjectNode json = Json.object().put("dryRun", true).put("revision", possible.base());
        ObjectNode changes = json.putObject("changes");
        ArrayNode creating = changes.putArray("creating");
        ArrayNode updating = changes.putArray("updating");
        ArrayNode deleting = changes.putArray("deleting");
        for (DocumentChange change : possible.changes()) {
            ArrayNode list = change.newBody() == null ? deleting : change.oldBody() == null ? creating : updating;
            add(list, change);
        }
        json.putObject("summary")
                .put("creating", creating.size())
                .put("updating", updating.size())
                .put("deleting", deleting.size())
                .put("total", possible.changes().size());
        return json;
    }

    private static void add(ArrayNode list, DocumentChange change) {
        ObjectNode entry = list.addObject()
                .put("kind", change.key().kind().wireName())
                .put("id", change.key().id());
        put(entry, "old", change.oldBody());
        put(entry, "new", change.newBody());
    }

    private static void put(ObjectNode entry, String field, @Nullable JsonNode body) {
        if (body != null) {
            entry.set(field, body);
        }
    }
}
