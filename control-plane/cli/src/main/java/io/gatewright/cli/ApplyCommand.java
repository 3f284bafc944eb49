package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "apply",
        description = "Writes all documents of a file in one change: all or none.",
        footer = {
            "",
            "A document is {kind, id, body}; body null removes it. A file holds one, a list of them,",
            "{documents: [...]}, or several of these as YAML documents."
        })
final class ApplyCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final Reason reason = new Reason();

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "JSON or YAML; - reads standard input.")
    private String file = "";

    @Override
    public void run() {
        ArrayNode changes = JsonNodeFactory.instance.arrayNode();
        InputFile.read(session, file).forEach(document -> collect(document, changes));
        if (changes.isEmpty()) {
            throw session.usage(file + " holds no documents");
        }
        ObjectNode changeset = JsonNodeFactory.instance.objectNode().put("reason", reason.get());
        changeset.set("changes", changes);
        session.printReceipt(session.api()
                .send("POST", "/v1/changesets", changeset, Map.of(), Api.NO_WAIT)
                .orRefusal());
    }

    private void collect(JsonNode node, ArrayNode changes) {
        if (node.isArray()) {
            node.forEach(entry -> collect(entry, changes));
        } else if (node.path("documents").isArray()) {
            collect(node.path("documents"), changes);
        } else if (node.path("kind").isTextual() && node.path("id").isTextual() && node.has("body")) {
            ObjectNode change = changes.addObject();
            change.set("kind", node.get("kind"));
            change.set("id", node.get("id"));
            change.set("body", node.get("body"));
        } else {
            throw session.usage(
                    file + ": entry " + (changes.size() + 1) + " is not a document; write kind, id and body");
        }
    }
}
