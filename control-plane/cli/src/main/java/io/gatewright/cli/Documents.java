package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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

    /** The document {@code {kind, id, version, body}}. */
    JsonNode get(String kind, String id) {
        return api.get(path(kind, id));
    }

    /** The document, or empty when there is none. */
    Optional<JsonNode> find(String kind, String id) {
        Api.Answer answer = api.get(path(kind, id), Api.NO_WAIT);
        return answer.status() == 404 ? Optional.empty() : Optional.of(answer.orRefusal());
    }

    /** Writes a body and returns {@code {revision, committedAt, documents}}. */
    JsonNode put(String kind, String id, JsonNode body, String reason) {
        Map<String, String> precondition = find(kind, id)
                .map(document -> Map.of("If-Match", etag(document)))
                .orElse(Map.of("If-None-Match", "*"));
        return write("PUT", path(kind, id), body, precondition, reason);
    }

    /** Removes a document that is there and returns what {@link #put} does. */
    JsonNode delete(String kind, String id, String reason) {
        return write("DELETE", path(kind, id), null, Map.of("If-Match", etag(get(kind, id))), reason);
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
