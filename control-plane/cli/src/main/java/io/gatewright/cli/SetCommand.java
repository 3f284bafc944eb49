package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "set",
        description = "Sets a key at a scope.",
        footer = {
            "",
            "gatewright set tenant=acme-de rate-limit.requests 1200 --reason 'campaign in May'",
            "gatewright set org=acme,module=orders cors.allowed-origins https://a.example,https://b.example --reason …"
        })
final class SetCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Mixin
    private final Reason reason = new Reason();

    @Parameters(
            index = "0",
            paramLabel = "SCOPE",
            description =
                    "global, org=ID, tenant=ID, module=ID, route=MODULE/ROUTE, or a who and a what: tenant=ID,module=ID.")
    private String scope = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "See: gatewright get catalog.")
    private String key = "";

    @Parameters(
            index = "2..*",
            arity = "1..*",
            paramLabel = "VALUE",
            description = "JSON, or a bare word or number; for a list several words, or one with commas.")
    private List<String> words = List.of();

    @Override
    public void run() {
        String why = reason.get();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("value", value());
        session.printReceipt(session.documents().put("setting", scope + "/" + key, body, why));
    }

    private JsonNode value() {
        JsonNode schema = MissingNode.getInstance();
        for (JsonNode entry : session.api().get("/v1/catalog").path("keys")) {
            if (entry.path("name").asText().equals(key)) {
                schema = entry.path("schema");
            }
        }
        try {
            return Value.read(words, schema);
        } catch (IllegalArgumentException e) {
            throw session.usage(key + ": " + e.getMessage());
        }
    }
}
