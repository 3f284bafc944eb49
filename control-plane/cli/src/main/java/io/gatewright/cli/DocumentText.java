package io.gatewright.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;

/** Documents as text that {@link DocumentReader} gives back: the same text for the same document. Stateless. */
final class DocumentText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(factory());
    private static final ObjectMapper PLAIN_YAML = new ObjectMapper(factory()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS));

    private DocumentText() {}

    private static YAMLFactory factory() {
        return new YAMLFactory().disable(YAMLGenerator.Feature.SPLIT_LINES);
    }

    /** A document of YAML, from {@code ---} to the end of its last line. */
    static String yaml(JsonNode document) {
        try {
            ObjectNode kept = kept(document);
            String plain = PLAIN_YAML.writeValueAsString(kept);
            return readsAs(kept, plain) ? plain : YAML.writeValueAsString(kept);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a document that was parsed cannot be written", e);
        }
    }

    private static boolean readsAs(JsonNode document, String text) {
        try {
            return document.equals(YAML.readTree(text));
        } catch (JsonProcessingException e) {
            return false; // such as the text .inf, which is a number without quotes
        }
    }

    /** One line of JSON without its end. */
    static String json(JsonNode document) {
        try {
            return JSON.writeValueAsString(kept(document));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a document that was parsed cannot be written", e);
        }
    }

    /** Without the version, which changes although the document says the same. */
    private static ObjectNode kept(JsonNode document) {
        ObjectNode kept = JsonNodeFactory.instance.objectNode();
        kept.set("kind", document.path("kind"));
        kept.set("id", document.path("id"));
        kept.set("body", document.path("body"));
        return kept;
    }
}
