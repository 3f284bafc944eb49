package io.gatewright.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Optional;

/** Reads a value as people type it: JSON, or bare words that become what the key's schema asks for. Stateless. */
final class Value {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Value() {}

    /**
     * The value.
     *
     * @param words as typed, at least one
     * @param schema JSON Schema of the key, or a missing node when the key is not known
     * @throws IllegalArgumentException when several words were typed for a single value
     */
    static JsonNode read(List<String> words, JsonNode schema) {
        String first = words.getFirst();
        boolean one = words.size() == 1;
        if (schema.path("type").asText().equals("array")) {
            Optional<JsonNode> list = one && first.startsWith("[") ? json(first) : Optional.empty();
            return list.orElseGet(() -> list(words));
        }
        if (!one) {
            throw new IllegalArgumentException("this key takes one value, not " + words.size());
        }
        return switch (schema.path("type").asText()) {
            case "string" -> json(first).filter(JsonNode::isTextual).orElse(TextNode.valueOf(first));
            default -> json(first).orElse(TextNode.valueOf(first));
        };
    }

    private static ArrayNode list(List<String> words) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (String word : words) {
            for (String entry : word.split(",", -1)) {
                if (!entry.isBlank()) {
                    list.add(entry.strip());
                }
            }
        }
        return list;
    }

    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.of(JSON.readTree(text)).filter(node -> !node.isMissingNode());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
