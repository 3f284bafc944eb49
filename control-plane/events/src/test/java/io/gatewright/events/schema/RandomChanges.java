package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random next revisions of a schema, with changes that add, that break, and that mean nothing. One thread at a time. */
final class RandomChanges {
    private final Random random;
    private final RandomSchemas schemas;

    RandomChanges(Random random, RandomSchemas schemas) {
        this.random = random;
        this.schemas = schemas;
    }

    /** A changed copy inside the language, as the next revision. */
    ObjectNode next(ObjectNode schema) {
        while (true) {
            ObjectNode copy = schema.deepCopy();
            copy.put("$id", "urn:gatewright:event:a.b.happened.v1:2");
            for (int i = 0; i <= random.nextInt(3); i++) {
                List<ObjectNode> places = new ArrayList<>();
                collect(copy, places);
                change(places.get(random.nextInt(places.size())));
            }
            if (RandomSchemas.isInside(copy)) {
                return copy;
            }
        }
    }

    private static void collect(JsonNode node, List<ObjectNode> places) {
        if (node instanceof ObjectNode object && (object.has("type") || object.has("oneOf"))) {
            places.add(object);
        }
        for (String keyword : List.of("properties", "$defs", "oneOf")) {
            node.path(keyword).forEach(below -> collect(below, places));
        }
        if (node.has("items")) {
            collect(node.path("items"), places);
        }
    }

    private void change(ObjectNode schema) {
        if (schemas.one(6)) {
            schema.put("description", "revision " + random.nextInt(9)).put("deprecated", true);
        } else if (schema.has("oneOf")) {
            variants(schema);
        } else if (schemas.one(12)) {
            schema.put("type", List.of("string", "integer", "number", "boolean").get(random.nextInt(4)));
        } else if (schemas.one(12)) {
            nullable(schema);
        } else if (schema.has("properties")) {
            members(schema);
        } else {
            keyword(schema);
        }
    }

    private void members(ObjectNode schema) {
        ObjectNode properties = schema.withObject("properties");
        ArrayNode required = schema.withArray("required");
        String name = RandomSchemas.NAMES.get(random.nextInt(RandomSchemas.NAMES.size()));
        boolean declared = properties.has(name);
        switch (random.nextInt(6)) {
            case 0 -> {
                properties.remove(name);
                without(required, name);
            }
            case 1 -> {
                if (declared && !without(required, name)) {
                    required.add(name);
                }
            }
            case 2 -> {
                if (!declared) {
                    properties.set(name, schemas.any(1));
                    required.add(name);
                }
            }
            default -> {
                if (!declared) {
                    properties.set(name, schemas.any(1));
                }
            }
        }
    }

    private static boolean without(ArrayNode list, String word) {
        for (int i = 0; i < list.size(); i++) {
            if (list.path(i).asText().equals(word)) {
                list.remove(i);
                return true;
            }
        }
        return false;
    }

    private void variants(ObjectNode schema) {
        ArrayNode variants = schema.withArray("oneOf");
        if (schemas.one(2) && variants.size() > 1) {
            variants.remove(0);
        } else {
            variants.add(schemas.variant("white", 0));
        }
    }

    private static void nullable(ObjectNode schema) {
        JsonNode type = schema.path("type");
        if (type.isArray()) {
            schema.put("type", type.path(0).asText());
        } else {
            schema.putArray("type").add(type.asText()).add("null");
        }
    }

    private void keyword(ObjectNode schema) {
        List<String> keywords = new ArrayList<>();
        schema.fieldNames().forEachRemaining(keywords::add);
        String keyword = keywords.get(random.nextInt(keywords.size()));
        switch (keyword) {
            case "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems" -> {
                if (schemas.one(3)) {
                    schema.remove(keyword);
                } else {
                    schema.put(keyword, schema.path(keyword).intValue() + (schemas.one(2) ? 1 : -1));
                }
            }
            case "enum" -> words(schema);
            case "x-open-enum" -> schema.put(keyword, !schema.path(keyword).booleanValue());
            case "const" -> schema.put(keyword, RandomSchemas.WORDS.get(random.nextInt(2)));
            case "format" -> schema.put(keyword, "date");
            case "pattern" ->
                schema.put(
                        keyword, RandomSchemas.PATTERNS.get(random.nextInt(2)).get(0));
            default -> schema.put("title", "t");
        }
    }

    private void words(ObjectNode schema) {
        switch (random.nextInt(4)) {
            case 0 -> schema.remove(List.of("enum", "x-open-enum"));
            case 1 -> schema.withArray("enum").remove(0);
            default -> schema.withArray("enum").add(RandomSchemas.WORDS.get(3));
        }
    }
}
