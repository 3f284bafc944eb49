package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "get",
        description = "Shows documents, a tenant's effective values, or the catalogue of keys.",
        footer = {
            "",
            "gatewright get tenant                        all tenants",
            "gatewright get module orders -o yaml         one document",
            "gatewright get effective acme-de --route orders/create",
            "gatewright get catalog                       every key, its default, what it takes"
        })
final class GetCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Parameters(
            index = "0",
            paramLabel = "KIND",
            description = "org, tenant, module, issuer, listener, setting; effective; catalog.")
    private String kind = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "One document, or the tenant.")
    private @Nullable String id;

    @Option(names = "--route", paramLabel = "MODULE/ROUTE", description = "With effective: on that route.")
    private @Nullable String route;

    @Option(names = "--module", paramLabel = "MODULE", description = "With effective: on that module.")
    private @Nullable String module;

    @Option(names = "--at", paramLabel = "TIME", description = Session.AT)
    private @Nullable String at;

    @Option(names = "--blame", description = "With effective: which scopes made each value, who, when and why.")
    private boolean blame;

    @Override
    public void run() {
        switch (kind) {
            case "effective" -> printEffective();
            case "catalog" -> printCatalog();
            default -> {
                if (id == null) {
                    printAll();
                } else {
                    printOne(id);
                }
            }
        }
    }

    private void printAll() {
        JsonNode answer = session.api().get("/v1/documents/" + Api.path(kind) + Api.query("at", at));
        session.print(answer, () -> {
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode document : answer.path("documents")) {
                JsonNode value = document.at("/body/value");
                rows.add(List.of(
                        Text.cell(document.path("id")),
                        Text.cell(document.path("version")),
                        Text.cell(
                                document.path("body").size() == 1 && !value.isMissingNode()
                                        ? value
                                        : document.path("body"))));
            }
            return Text.table(List.of("ID", "VERSION", "BODY"), rows);
        });
    }

    private void printOne(String id) {
        JsonNode document = session.documents().get(kind, id, at);
        session.print(document, () -> pairs(List.of("FIELD", "VALUE"), document.path("body")));
    }

    private void printEffective() {
        if (id == null) {
            throw session.usage("effective values are a tenant's: gatewright get effective TENANT");
        }
        JsonNode answer = session.api()
                .get("/v1/effective"
                        + Api.query(
                                "tenant",
                                id,
                                "route",
                                route,
                                "module",
                                module,
                                "at",
                                at,
                                "blame",
                                blame ? "true" : null));
        session.print(answer, () -> blame ? blamed(answer) : pairs(List.of("KEY", "VALUE"), answer.path("values")));
    }

    /** One row for each scope that made a value; the value stands in the first. */
    private static String blamed(JsonNode answer) {
        List<List<String>> rows = new ArrayList<>();
        answer.path("values").properties().forEach(value -> {
            JsonNode steps = answer.path("blame").path(value.getKey());
            String key = value.getKey();
            String text = Text.cell(value.getValue());
            if (steps.isEmpty()) {
                rows.add(List.of(key, text, "default", "", "", "", ""));
            }
            for (JsonNode step : steps) {
                rows.add(List.of(
                        key,
                        text,
                        Text.cell(step.path("scope")),
                        Text.cell(step.path("revision")),
                        Text.cell(step.path("at")),
                        Text.cell(step.path("actor")),
                        Text.cell(step.path("reason"))));
                key = "";
                text = "";
            }
        });
        return Text.table(List.of("KEY", "VALUE", "SCOPE", "REVISION", "AT", "ACTOR", "REASON"), rows);
    }

    private void printCatalog() {
        JsonNode answer = session.api().get("/v1/catalog");
        session.print(answer, () -> {
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode key : answer.path("keys")) {
                rows.add(List.of(
                        Text.cell(key.path("name")),
                        Text.cell(key.path("default")),
                        Text.cell(key.path("sentence")) + " Takes " + Text.cell(key.path("describe")) + "."));
            }
            return Text.table(List.of("KEY", "DEFAULT", "MEANING"), rows);
        });
    }

    private static String pairs(List<String> heads, JsonNode object) {
        List<List<String>> rows = new ArrayList<>();
        object.properties().forEach(entry -> rows.add(List.of(entry.getKey(), Text.cell(entry.getValue()))));
        return Text.table(heads, rows);
    }
}
