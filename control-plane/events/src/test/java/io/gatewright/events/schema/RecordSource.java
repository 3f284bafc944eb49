package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The Java record that holds an event's data, as the text of a compilation unit. One use each. */
final class RecordSource {
    private final TreeSet<String> imports = new TreeSet<>();

    private RecordSource() {}

    /** The record of a type: {@code sample.status.changed.v1} becomes {@code SampleStatusChangedV1}. */
    static String of(EventSchema schema) {
        RecordSource source = new RecordSource();
        String body = source.record(className(schema.type()), Place.top(schema.json()), "", "");
        String imports = String.join(
                "",
                source.imports.stream().map(name -> "import " + name + ";\n").toList());
        return imports + (imports.isEmpty() ? "" : "\n") + body;
    }

    static String className(String type) {
        StringBuilder name = new StringBuilder();
        for (String part : type.split("[.-]", -1)) {
            name.append(capital(part));
        }
        return name.toString();
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private String record(String name, Place place, String implemented, String indent) {
        List<String> required = SchemaLanguage.strings(place.node().path("required"));
        Map<String, String> nested = new LinkedHashMap<>();
        StringBuilder text =
                new StringBuilder(comment(place.node().path("description").asText(), indent));
        text.append(indent).append("public record ").append(name).append('(');
        List<String> components = new ArrayList<>();
        place.node().path("properties").fieldNames().forEachRemaining(member -> {
            Place property = place.at("properties").at(member);
            String type = type(member, property, nested, indent + "    ");
            boolean optional = !required.contains(member)
                    || property.resolved().node().path("type").isArray();
            components.add("\n" + indent + "        " + (optional ? nullable(type) : type) + " " + member);
        });
        text.append(String.join(",", components)).append(')').append(implemented);
        if (nested.isEmpty()) {
            return text.append(" {}\n").toString();
        }
        text.append(" {\n").append(String.join("\n", nested.values()));
        return text.append(indent).append("}\n").toString();
    }

    private static String comment(String sentence, String indent) {
        return sentence.isEmpty() ? "" : indent + "/** " + sentence.replace("*/", "* /") + " */\n";
    }

    private String nullable(String type) {
        imports.add("org.jspecify.annotations.Nullable");
        return "@Nullable "
                + switch (type) {
                    case "long" -> "Long";
                    case "boolean" -> "Boolean";
                    default -> type;
                };
    }

    private String type(String member, Place reference, Map<String, String> nested, String indent) {
        Place place = reference.resolved();
        JsonNode schema = place.node();
        String name = capital(
                reference.isReference()
                        ? reference.node().path("$ref").asText().substring(Place.DEFS.length())
                        : member);
        if (schema.has("oneOf")) {
            nested.put(name, choice(name, place, indent));
            return name;
        }
        JsonNode type = schema.path("type");
        return switch (type.isArray() ? type.path(0).asText() : type.asText()) {
            case "integer" -> "long";
            case "boolean" -> "boolean";
            case "number" -> imported("java.math.BigDecimal");
            case "array" -> {
                String item = type(member.replaceFirst("s$", ""), place.at("items"), nested, indent);
                yield imported("java.util.List") + "<" + boxed(item) + ">";
            }
            case "object" -> {
                if (schema.has("x-opaque")) {
                    yield imported("java.util.Map") + "<String, Object>";
                }
                nested.put(name, record(name, place, "", indent));
                yield name;
            }
            default -> text(schema.path("format").asText());
        };
    }

    private static String boxed(String type) {
        return type.equals("long") || type.equals("boolean") ? (type.equals("long") ? "Long" : "Boolean") : type;
    }

    private String text(String format) {
        return switch (format) {
            case "date-time" -> imported("java.time.Instant");
            case "date" -> imported("java.time.LocalDate");
            case "uuid" -> imported("java.util.UUID");
            default -> "String";
        };
    }

    private String imported(String type) {
        imports.add(type);
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private String choice(String name, Place place, String indent) {
        String discriminator = place.node().path("x-discriminator").asText();
        StringBuilder variants = new StringBuilder();
        for (int i = 0; i < place.node().path("oneOf").size(); i++) {
            Place variant = place.at("oneOf").at(i).resolved();
            JsonNode properties = variant.node().path("properties");
            String word = className(properties.path(discriminator).path("const").asText());
            variants.append(i == 0 ? "" : "\n").append(record(word, variant, " implements " + name, indent + "    "));
        }
        return comment(place.node().path("description").asText(), indent) + indent + "public sealed interface " + name
                + " {\n" + variants + indent + "}\n";
    }
}
