package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;

/** Random schemas of the language, small and full of edges. One thread at a time. */
final class RandomSchemas {
    static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");
    static final List<String> WORDS = List.of("red", "green", "blue", "black", "white");
    /** Patterns, each with a text that fits. */
    static final List<List<String>> PATTERNS = List.of(List.of("^[a-c]+$", "abc"), List.of("^[a-z]+$", "xyz"));

    private static final int DEPTH = 3;
    private final Random random;

    RandomSchemas(Random random) {
        this.random = random;
    }

    /** Revision 1 of a type. */
    ObjectNode schema() {
        ObjectNode schema = object(DEPTH).put("type", "object");
        schema.put("$schema", SchemaLanguage.DIALECT).put("$id", "urn:gatewright:event:a.b.happened.v1:1");
        ObjectNode shared = one(2) ? object(0) : text();
        schema.putObject("$defs").set("shared", shared);
        return schema;
    }

    ObjectNode any(int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 9)) {
            case 0, 1 -> text();
            case 2 -> bounded("integer");
            case 3 -> bounded("number");
            case 4 -> typed("boolean");
            case 5 -> object(depth - 1);
            case 6 -> array(depth - 1);
            case 7 -> choice(depth - 1);
            default -> JsonNodeFactory.instance.objectNode().put("$ref", "#/$defs/shared");
        };
    }

    private ObjectNode object(int depth) {
        ObjectNode schema = typed("object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (String name : NAMES.subList(0, 1 + random.nextInt(4))) {
            properties.set(name, any(depth));
            if (one(2)) {
                required.add(name);
            }
        }
        if (one(4)) {
            schema.putArray("x-removed").add("f");
        }
        return schema;
    }

    private ObjectNode array(int depth) {
        ObjectNode schema = typed("array");
        schema.set("items", any(depth));
        return schema.put("minItems", random.nextInt(2)).put("maxItems", 2 + random.nextInt(2));
    }

    private ObjectNode choice(int depth) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("x-discriminator", "kind");
        ArrayNode variants = schema.putArray("oneOf");
        for (String word : WORDS.subList(0, 1 + random.nextInt(3))) {
            variants.add(variant(word, depth));
        }
        return schema;
    }

    ObjectNode variant(String word, int depth) {
        ObjectNode variant = object(depth);
        variant.put("type", "object");
        variant.withObject("properties").putObject("kind").put("type", "string").put("const", word);
        variant.withArray("required").add("kind");
        return variant;
    }

    private ObjectNode text() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "string");
        switch (random.nextInt(6)) {
            case 0 -> schema.set("enum", words(2 + random.nextInt(2)));
            case 1 -> {
                schema.set("enum", words(2));
                schema.put("x-open-enum", true);
            }
            case 2 -> schema.put("const", WORDS.get(random.nextInt(WORDS.size())));
            case 3 -> schema.put("format", one(2) ? "date" : "uuid");
            case 4 -> schema.put("pattern", PATTERNS.get(random.nextInt(2)).get(0));
            default -> schema.put("minLength", random.nextInt(2)).put("maxLength", 2 + random.nextInt(2));
        }
        return schema;
    }

    private static ArrayNode words(int count) {
        ArrayNode words = JsonNodeFactory.instance.arrayNode();
        WORDS.subList(0, count).forEach(words::add);
        return words;
    }

    private ObjectNode bounded(String type) {
        ObjectNode schema = typed(type);
        return schema.put("minimum", random.nextInt(3)).put("maximum", 3 + random.nextInt(3));
    }

    private ObjectNode typed(String type) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        if (one(8)) {
            schema.putArray("type").add(type).add("null");
        } else {
            schema.put("type", type);
        }
        return schema;
    }

    boolean one(int of) {
        return random.nextInt(of) == 0;
    }

    static boolean isInside(JsonNode schema) {
        return SchemaLanguage.check(schema).isEmpty();
    }
}
