package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** {@code docs/EVENT_CATALOG.md} as the schemas and subscriptions say it. Stateless. */
final class CatalogPage {
    private CatalogPage() {}

    static String of(SchemaCatalog catalog) {
        StringBuilder page = new StringBuilder("""
                # Event catalogue

                Every event there is, made from `proto/events` by `./gatewright golden`. How to publish and subscribe stands in
                [events.md](events.md), how to add a type and change one in [events-schemas.md](events-schemas.md). Producers may write what is declared here and
                nothing else; consumers pass over members, and words marked *open*, that they do not know.

                ## Who publishes, who subscribes

                """);
        matrix(catalog, page);
        page.append("\n## Envelope\n\n").append(sentence(catalog.envelope())).append("\n\n");
        members(catalog.envelope(), page);
        example(catalog.envelope(), page);
        for (EventSchema schema : catalog.schemas()) {
            type(schema, page);
        }
        return page.toString();
    }

    private static void matrix(SchemaCatalog catalog, StringBuilder page) {
        TreeSet<String> consumers = new TreeSet<>();
        catalog.subscriptions().forEach(subscription -> consumers.add(subscription.consumer()));
        page.append("| type | topic | published by |");
        consumers.forEach(consumer -> page.append(" `").append(consumer).append("` |"));
        page.append("\n| --- | --- | --- |")
                .append(" --- |".repeat(consumers.size()))
                .append('\n');
        for (EventSchema schema : catalog.schemas()) {
            page.append("| [`%s`](#%s) | `%s` | %s |"
                    .formatted(schema.type(), schema.type().replace(".", ""), schema.topic(), schema.publisher()));
            for (String consumer : consumers) {
                boolean reads = catalog.subscriptions().stream()
                        .anyMatch(
                                s -> s.consumer().equals(consumer) && s.types().contains(schema.type()));
                page.append(reads ? " reads |" : " |");
            }
            page.append('\n');
        }
        page.append("\n| consumer | code | what it does |\n| --- | --- | --- |\n");
        for (DeclaredSubscription subscription : catalog.subscriptions()) {
            page.append("| `%s` | `%s` | %s |\n"
                    .formatted(subscription.consumer(), subscription.module(), subscription.purpose()));
        }
    }

    private static void type(EventSchema schema, StringBuilder page) {
        page.append("\n## ")
                .append(schema.type())
                .append("\n\n")
                .append(sentence(schema))
                .append("\n\n");
        page.append("* Schema: [`%s.json`](../proto/events/%s.json), revision %d, `%s`\n"
                .formatted(schema.type(), schema.type(), schema.revision(), schema.uri()));
        page.append("* Topic `")
                .append(schema.topic())
                .append("`, published by ")
                .append(schema.publisher())
                .append('\n');
        schema.keyRule()
                .ifPresent(rule -> page.append(
                        rule.startsWith("/")
                                ? "* Partition key: the value of `%s`\n".formatted(rule.substring(1))
                                : "* Partition key: `%s`, the same for all\n".formatted(rule)));
        schema.alias()
                .ifPresent(
                        alias -> page.append("* Also known as `").append(alias).append("`\n"));
        page.append('\n');
        members(schema, page);
        example(schema, page);
        page.append("\n```java\n").append(RecordSource.of(schema)).append("```\n");
    }

    private static String sentence(EventSchema schema) {
        return schema.json().path("description").asText();
    }

    private static void example(EventSchema schema, StringBuilder page) {
        page.append("\n```json\n")
                .append(schema.examples().getFirst().toPrettyString())
                .append("\n```\n");
    }

    private static void members(EventSchema schema, StringBuilder page) {
        page.append("| member | value | needed | meaning |\n| --- | --- | --- | --- |\n");
        rows("", Place.top(schema.json()), page);
    }

    private static void rows(String path, Place object, StringBuilder page) {
        List<String> required = SchemaLanguage.strings(object.node().path("required"));
        object.node().path("properties").fieldNames().forEachRemaining(name -> {
            Place member = object.at("properties").at(name).resolved();
            page.append("| `%s` | %s | %s | %s |\n"
                    .formatted(
                            path + name,
                            value(member.node()),
                            required.contains(name) ? "yes" : "",
                            member.node().path("description").asText()));
            Place below = member.node().has("items") ? member.at("items").resolved() : member;
            String step = member.node().has("items") ? "[]." : ".";
            if (below.node().has("properties")) {
                rows(path + name + step, below, page);
            }
        });
    }

    private static String value(JsonNode schema) {
        List<String> parts = new ArrayList<>();
        JsonNode type = schema.path("type");
        parts.add(type.isArray() ? type.path(0).asText() + " or null" : type.asText());
        String words = String.join(
                ", ",
                SchemaLanguage.strings(schema.path("enum")).stream()
                        .map(word -> "`" + word + "`")
                        .toList());
        if (!words.isEmpty()) {
            parts.add((schema.path("x-open-enum").booleanValue() ? "*open* " : "one of ") + words);
        }
        for (String keyword : List.of("const", "format", "pattern")) {
            if (schema.has(keyword)) {
                String text = schema.path(keyword).asText().replace("|", "\\|");
                parts.add(keyword.equals("format") ? text : "`" + text + "`");
            }
        }
        range(schema, "minLength", "maxLength", "characters", parts);
        range(schema, "minItems", "maxItems", "entries", parts);
        range(schema, "minimum", "maximum", "", parts);
        if (schema.has("x-pii")) {
            parts.add("**" + schema.path("x-pii").asText() + " data**");
        }
        return String.join(", ", parts);
    }

    private static void range(JsonNode schema, String least, String most, String unit, List<String> parts) {
        if (schema.has(least) || schema.has(most)) {
            String from = schema.has(least) ? schema.path(least).asText() : "";
            String to = schema.has(most) ? schema.path(most).asText() : "";
            String range = from.isEmpty() ? "up to " + to : to.isEmpty() ? from + " or more" : from + " to " + to;
            parts.add((range + " " + unit).strip());
        }
    }
}
