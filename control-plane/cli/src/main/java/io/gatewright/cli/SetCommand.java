package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "set",
        description = "Sets a key at a scope, and what narrower scopes may make of it; keeps what is not named.",
        footer = {
            "",
            "gatewright set tenant=acme-de rate-limit.requests 1200 --reason 'campaign in May'",
            "gatewright set org=acme,module=orders cors.allowed-origins https://a.example,https://b.example --reason …",
            "gatewright set org=acme rate-limit.requests --max 5000 --reason 'what the contract covers'",
            "gatewright set global oidc.required true --lock --reason 'no exceptions'"
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
            arity = "0..*",
            paramLabel = "VALUE",
            description = "JSON, or a bare word or number; for a list several words, or one with commas.")
    private List<String> words = List.of();

    @Option(names = "--lock", description = "Keeps narrower scopes from setting the key.")
    private boolean lock;

    @Option(names = "--unlock", description = "Lets them set it again.")
    private boolean unlock;

    @Option(names = "--min", paramLabel = "VALUE", description = "The least value below; '' takes the bound away.")
    private @Nullable String min;

    @Option(names = "--max", paramLabel = "VALUE", description = "The greatest value below; '' takes it away.")
    private @Nullable String max;

    @Override
    public void run() {
        String why = reason.get();
        if (words.isEmpty() && !lock && !unlock && min == null && max == null) {
            throw session.usage("name a VALUE, or one of --lock, --unlock, --min, --max");
        }
        if (lock && unlock) {
            throw session.usage("--lock and --unlock exclude each other");
        }
        JsonNode schema = schema();
        session.printReceipt(
                session.documents().put("setting", scope + "/" + key, body -> body(body.deepCopy(), schema), why));
    }

    private ObjectNode body(ObjectNode body, JsonNode schema) {
        if (!words.isEmpty()) {
            body.set("value", value(words, schema));
        }
        if (lock) {
            body.put("locked", true);
        }
        if (unlock) {
            body.remove("locked");
        }
        bound(body, "min", min, schema);
        bound(body, "max", max, schema);
        return body;
    }

    private void bound(ObjectNode body, String name, @Nullable String bound, JsonNode schema) {
        if (bound != null && bound.isEmpty()) {
            body.remove(name);
        } else if (bound != null) {
            body.set(name, value(List.of(bound), schema));
        }
    }

    private JsonNode schema() {
        for (JsonNode entry : session.api().get("/v1/catalog").path("keys")) {
            if (entry.path("name").asText().equals(key)) {
                return entry.path("schema");
            }
        }
        return MissingNode.getInstance();
    }

    private JsonNode value(List<String> words, JsonNode schema) {
        try {
            return Value.read(words, schema);
        } catch (IllegalArgumentException e) {
            throw session.usage(key + ": " + e.getMessage());
        }
    }
}
