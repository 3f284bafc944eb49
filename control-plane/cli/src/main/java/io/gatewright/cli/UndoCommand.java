package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "undo", description = "Takes one revision back by a new one, unless its documents were changed since.")
final class UndoCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final Reason reason = new Reason();

    @Parameters(index = "0", paramLabel = "REVISION", description = "See: gatewright history.")
    private long revision;

    @Override
    public void run() {
        ObjectNode changeset = JsonNodeFactory.instance.objectNode().put("reason", reason.get());
        ArrayNode changes = changeset.putArray("changes");
        for (JsonNode change : revision().path("changes")) {
            takeBack(change, changes.addObject());
        }
        session.printReceipt(session.api()
                .send("POST", "/v1/changesets", changeset, Map.of(), Api.NO_WAIT)
                .orRefusal());
    }

    private JsonNode revision() {
        String query = Api.query("before", Long.toString(revision + 1), "limit", "1");
        JsonNode found =
                session.api().get("/v1/revisions" + query).path("revisions").path(0);
        if (found.path("revision").asLong(-1) != revision) {
            throw new Refusal("there is no revision " + revision + "; see: gatewright history");
        }
        return found;
    }

    private void takeBack(JsonNode change, ObjectNode back) {
        String kind = change.path("kind").asText();
        String id = change.path("id").asText();
        Optional<JsonNode> now = session.documents().find(kind, id);
        JsonNode body = now.map(document -> document.path("body")).orElse(NullNode.getInstance());
        if (!body.equals(change.path("new").isMissingNode() ? NullNode.getInstance() : change.path("new"))) {
            throw new Refusal(kind + "/" + id + ": was changed after revision " + revision
                    + "; see: gatewright history " + kind + " " + id);
        }
        back.put("kind", kind).put("id", id);
        now.ifPresent(document -> back.set("expectedVersion", document.get("version")));
        back.set("body", change.get("old")); // null, present or not, removes what the revision made
    }
}
