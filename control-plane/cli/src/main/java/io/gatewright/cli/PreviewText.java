package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A preview for a person to read. Stateless. */
final class PreviewText {
    private PreviewText() {}

    /** @param diff whether the contents of resources are shown too */
    static String of(JsonNode preview, boolean diff) {
        StringBuilder text = new StringBuilder();
        text.append("on top of revision ").append(cell(preview, "revision")).append("; nothing is stored\n");
        JsonNode documents = preview.path("documents");
        head(text, "documents", documents);
        documents
                .path("list")
                .forEach(
                        document -> text.append("  ").append(document(document)).append('\n'));
        values(text, preview);
        preview.path("gateways").forEach(gateway -> resources(text, gateway, diff));
        JsonNode warnings = preview.path("warnings");
        head(text, "warnings", warnings);
        warnings.path("list")
                .forEach(warning -> text.append("  %s: %s (%s)%n"
                        .formatted(cell(warning, "type"), cell(warning, "message"), concerned(warning))));
        preview.path("requests").forEach(request -> request(text, request));
        return text.toString();
    }

    /** How many there are, and how many of them follow. */
    private static void head(StringBuilder text, String what, JsonNode counted) {
        int count = counted.path("count").asInt();
        int shown = counted.path("list").size();
        text.append('\n').append(what).append(": ").append(count == 0 ? "none" : Integer.toString(count));
        text.append(shown < count ? ", the first " + shown + " of them\n" : "\n");
    }

    private static String document(JsonNode document) {
        String name = cell(document, "kind") + "/" + cell(document, "id");
        JsonNode old = document.path("old");
        JsonNode now = document.path("new");
        return !old.isObject()
                ? "create " + name + " " + body(now)
                : !now.isObject()
                        ? "remove " + name + " " + body(old)
                        : "change " + name + " " + body(old) + " → " + body(now);
    }

    /** The value alone when it is all that a setting says. */
    private static String body(JsonNode body) {
        return Text.cell(body.size() == 1 && body.has("value") ? body.path("value") : body);
    }

    private static void values(StringBuilder text, JsonNode preview) {
        JsonNode values = preview.path("values");
        head(text, "values that change, for " + cell(preview, "tenants") + " tenants at most", values);
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode value : values.path("list")) {
            rows.add(List.of(
                    "  " + cell(value, "key"),
                    value.has("where") ? cell(value, "where") : "everywhere",
                    cell(value, "before"),
                    cell(value, "after"),
                    concerned(value)));
        }
        if (!rows.isEmpty()) {
            text.append(Text.table(List.of("  KEY", "WHERE", "NOW", "THEN", "FOR"), rows));
        }
    }

    private static String concerned(JsonNode group) {
        List<String> examples = new ArrayList<>();
        group.path("examples").forEach(example -> examples.add(Text.cell(example)));
        int more = group.path("count").asInt() - examples.size();
        return String.join(", ", examples) + (more > 0 ? " and " + more + " more" : "");
    }

    private static void resources(StringBuilder text, JsonNode gateway, boolean diff) {
        int nodes = gateway.path("nodes").size();
        String connected = nodes == 0 ? "none is connected" : nodes + " connected";
        head(text, cell(gateway, "gateway") + " resources that change (" + connected + ")", gateway.path("resources"));
        for (JsonNode resource : gateway.path("resources").path("list")) {
            text.append(
                    "  %s %s %s".formatted(cell(resource, "change"), cell(resource, "type"), cell(resource, "name")));
            text.append(
                    resource.has("bytesAfter")
                            ? ", %s → %s bytes%n".formatted(cell(resource, "bytesBefore"), cell(resource, "bytesAfter"))
                            : "\n");
            if (diff) {
                resource.path("difference")
                        .forEach(line -> text.append("    ")
                                .append(line.asText().replaceAll("\\p{Cntrl}", " "))
                                .append('\n'));
            }
        }
    }

    private static void request(StringBuilder text, JsonNode request) {
        text.append("\n%s %s%s%n".formatted(cell(request, "method"), cell(request, "host"), cell(request, "path")));
        if (request.path("differs").asBoolean()) {
            text.append("  now:  ").append(verdict(request.path("before"))).append('\n');
            text.append("  then: ").append(verdict(request.path("after"))).append('\n');
        } else {
            text.append("  now and then: ")
                    .append(verdict(request.path("after")))
                    .append('\n');
        }
    }

    private static String verdict(JsonNode verdict) {
        StringBuilder text = new StringBuilder(cell(verdict, "status"));
        text.append(verdict.has("problem") ? " " + cell(verdict, "problem") : "");
        text.append(", ").append(cell(verdict, "reason"));
        for (String name : List.of("tenant", "actor", "allowedOrigin")) {
            text.append(verdict.has(name) ? "; " + name + " " + cell(verdict, name) : "");
        }
        JsonNode limit = verdict.path("limit");
        if (limit.isObject()) {
            text.append("; limit %s in %s of %s"
                    .formatted(cell(limit, "requests"), cell(limit, "period"), cell(limit, "counter")));
        }
        return text.append("; correlation id ")
                .append(cell(verdict, "correlation"))
                .toString();
    }

    private static String cell(JsonNode object, String field) {
        return Text.cell(object.path(field));
    }
}
