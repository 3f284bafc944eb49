package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random documents for a schema: mostly valid and on its edges, some slightly wrong. One thread at a time. */
final class RandomDocuments {
    private final Random random;

    RandomDocuments(Random random) {
        this.random = random;
    }

    /** Some for that schema; every other one is disturbed at one place. */
    List<JsonNode> some(JsonNode schema) {
        List<JsonNode> documents = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            JsonNode document = valid(Place.top(schema));
            documents.add(document);
            JsonNode other = document.deepCopy();
            disturb(other);
            documents.add(other);
        }
        return documents;
    }

    private JsonNode valid(Place reference) {
        Place place = reference.resolved();
        JsonNode schema = place.node();
        if (schema.has("oneOf")) {
            return valid(
                    place.at("oneOf").at(random.nextInt(schema.path("oneOf").size())));
        }
        JsonNode type = schema.path("type");
        if (type.isArray() && random.nextInt(3) == 0) {
            return NullNode.instance;
        }
        return switch (type.isArray() ? type.path(0).asText() : type.asText()) {
            case "object" -> object(place);
            case "array" -> array(place);
            case "boolean" -> BooleanNode.valueOf(random.nextBoolean());
            case "integer" -> IntNode.valueOf(between(schema, "minimum", "maximum", 7));
            case "number" -> JsonNodeFactory.instance.numberNode(number(schema));
            default -> TextNode.valueOf(text(schema));
        };
    }

    private JsonNode object(Place place) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        List<String> required = SchemaLanguage.strings(place.node().path("required"));
        place.node().path("properties").fieldNames().forEachRemaining(name -> {
            if (required.contains(name) || random.nextBoolean()) {
                object.set(name, valid(place.at("properties").at(name)));
            }
        });
        return object;
    }

    private JsonNode array(Place place) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        int size = between(place.node(), "minItems", "maxItems", 5);
        for (int i = 0; i < size; i++) {
            array.add(valid(place.at("items")));
        }
        return array;
    }

    private BigDecimal number(JsonNode schema) {
        BigDecimal whole = BigDecimal.valueOf(between(schema, "minimum", "maximum", 7));
        BigDecimal more = whole.add(new BigDecimal("0.5"));
        JsonNode maximum = schema.path("maximum");
        return maximum.isNumber() && more.compareTo(maximum.decimalValue()) > 0 ? whole : more;
    }

    private String text(JsonNode schema) {
        if (schema.has("enum")) {
            return schema.path("enum")
                    .path(random.nextInt(schema.path("enum").size()))
                    .asText();
        }
        if (schema.has("const")) {
            return schema.path("const").asText();
        }
        if (schema.has("format")) {
            return schema.path("format").asText().equals("date")
                    ? "2026-11-0" + (1 + random.nextInt(9))
                    : "0f6a3c1e-6f0e-4b8e-9f57-5d3c8a1b2c4" + random.nextInt(10);
        }
        for (List<String> pattern : RandomSchemas.PATTERNS) {
            if (schema.path("pattern").asText().equals(pattern.get(0))) {
                return pattern.get(1);
            }
        }
        return "x".repeat(between(schema, "minLength", "maxLength", 4));
    }

    /** Either end, or something between. */
    private int between(JsonNode schema, String least, String most, int open) {
        int low = schema.path(least).asInt(0);
        int high = Math.max(low, schema.path(most).asInt(open));
        return switch (random.nextInt(3)) {
            case 0 -> low;
            case 1 -> high;
            default -> low + random.nextInt(high - low + 1);
        };
    }

    private void disturb(JsonNode node) {
        if (!(node instanceof ObjectNode object) || object.isEmpty()) {
            return;
        }
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(5)) {
            case 0 -> object.remove(name);
            case 1 -> object.put("unknown", 1);
            case 2 -> object.put(name, RandomSchemas.WORDS.get(random.nextInt(5)));
            case 3 -> object.put(name, random.nextInt(9));
            default -> disturb(object.path(name));
        }
    }
}
