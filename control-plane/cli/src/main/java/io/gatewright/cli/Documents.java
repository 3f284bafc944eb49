package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Documents over the API. Thread-safe. A write first reads the document's version and sends it along, so that it never
 * overwrites what somebody else wrote in between.
 */
final class Documents {
    private final Api api;

    Documents(Api api) {
        this.api = api;
    }

    /**
     * The document {@code {kind, id, version, body}}.
     *
     * @param at as of which revision or time; null: now
     */
    JsonNode get(String kind, String id, @Nullable String at) {
        return api.get(path(kind, id) + Api.query("at", at));
    }

    /** The document, or empty when there is none. */
    Optional<JsonNode> find(String kind, String id) {
        Api.Answer answer = api.get(path(kind, id), Api.NO_WAIT);
        return answer.status() == 404 ? Optional.empty() : Optional.of(answer.orRefusal());
    }

    /** Writes a body and returns {@code {revision, committedAt, documents}}. */
    JsonNode put(String kind, String id, JsonNode body, String reason) {
        return put(kind, id, found -> body, reason);
    }

    /**
     * The same with a body made from the one that is there.
     *
     * @param body gets the document's body, or an empty object when there is none
     */
    JsonNode put(String kind, String id, UnaryOperator<JsonNode> body, String reason) {
        Optional<JsonNode> found = find(kind, id);
        Map<String, String> precondition =
                found.map(document -> Map.of("If-Match", etag(document))).orElse(Map.of("If-None-Match", "*"));
        JsonNode now = found.map(document -> document.path("body")).orElse(JsonNodeFactory.instance.objectNode());
        return write("PUT", path(kind, id), body.apply(now), precondition, reason);
    }

    /** Removes a document that is there and returns what {@link #put} does. */
    JsonNode delete(String kind, String id, String reason) {
        return write("DELETE", path(kind, id), null, Map.of("If-Match", etag(get(kind, id, /* at= */ null))), reason);
    }

    private JsonNode write(
            String method, String path, @Nullable JsonNode body, Map<String, String> precondition, String reason) {
        Map<String, String> headers = new HashMap<>(precondition);
        headers.put("Change-Reason", header(reason));
        return api.send(method, path, body, headers, Api.NO_WAIT).orRefusal();
    }

    private static String path(String kind, String id) {
        return kind.equals("setting")
                ? "/v1/settings/" + Api.path(id)
                : "/v1/documents/" + Api.path(kind) + "/" + Api.path(id);
    }

    private static String etag(JsonNode document) {
        return '"' + document.path("version").asText() + '"';
    }

    /** Text as a header's value: as it is when it is ASCII, else as an extended value of RFC 8187. */
    static String header(String text) {
        boolean ascii = text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
        return ascii ? text : "UTF-8''" + Api.encoded(text, "");
    }
}
