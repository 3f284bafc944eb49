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
        name = "explain",
        description = "Says why a key has its value for a tenant: which scopes say what, who, when and why.")
final class ExplainCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Parameters(index = "0", paramLabel = "TENANT")
    private String tenant = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "See: gatewright get catalog.")
    private String key = "";

    @Option(names = "--route", paramLabel = "MODULE/ROUTE", description = "On that route.")
    private @Nullable String route;

    @Option(names = "--at", paramLabel = "TIME", description = Session.AT)
    private @Nullable String at;

    @Override
    public void run() {
        JsonNode answer =
                session.api().get("/v1/explain" + Api.query("tenant", tenant, "key", key, "route", route, "at", at));
        session.print(answer, () -> {
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode step : answer.path("steps")) {
                rows.add(List.of(
                        Text.cell(step.path("scope")),
                        value(step),
                        outcome(step),
                        Text.cell(step.path("revision")),
                        Text.cell(step.path("at")),
                        Text.cell(step.path("actor")),
                        Text.cell(step.path("reason"))));
            }
            return key + " is " + Text.cell(answer.path("effective")) + " for " + tenant
                    + (route == null ? "" : " on " + route) + " (default " + Text.cell(answer.path("default"))
                    + moved(answer) + ")\n"
                    + Text.table(List.of("SCOPE", "VALUE", "OUTCOME", "REVISION", "AT", "ACTOR", "REASON"), rows);
        });
    }

    /** What a scope sets, and what it allows narrower ones. */
    private static String value(JsonNode step) {
        List<String> parts = new ArrayList<>();
        String value = Text.cell(step.path("value"));
        if (!value.isEmpty()) {
            parts.add(value);
        }
        if (step.path("locked").asBoolean()) {
            parts.add("locked");
        }
        for (String bound : List.of("min", "max")) {
            if (step.has(bound)) {
                parts.add(bound + " " + Text.cell(step.path(bound)));
            }
        }
        return String.join(", ", parts);
    }

    private static String outcome(JsonNode step) {
        return Text.cell(step.path("outcome")) + (step.has("by") ? " by " + Text.cell(step.path("by")) : "");
    }

    private static String moved(JsonNode answer) {
        return (answer.has("clampedBy") ? ", clamped by " + Text.cell(answer.path("clampedBy")) : "")
                + (answer.has("lockedBy") ? ", locked at " + Text.cell(answer.path("lockedBy")) : "");
    }
}
