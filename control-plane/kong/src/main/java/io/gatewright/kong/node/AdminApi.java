package io.gatewright.kong.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.gatewright.kong.DblessDocument;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * The Admin API of one Kong. Thread-safe.
 *
 * <p>A document goes out as {@code {"config": "<text>"}}: only then Kong's hash is that of the text, and the same again is
 * answered with 304 instead of a reload.
 */
final class AdminApi {
    /** A Kong that has nothing shows only zeros. */
    private static final String EMPTY = "0".repeat(32);

    private static final Duration SHORT = Duration.ofSeconds(5);
    private static final Duration LOAD = Duration.ofMinutes(2);
    private static final int SHOWN = 300;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final URI base;
    private final HttpClient client;

    /** What became of a post. */
    sealed interface Answer {
        /** It is loaded, or was already. */
        record Loaded() implements Answer {}

        /** Nothing of it is loaded. */
        record Refused(List<EntityFault> faults, String message) implements Answer {}

        /** It can be tried again. */
        record Later(Duration after, String reason) implements Answer {}

        /** Kong's memory for configuration does not hold it. */
        record TooLarge() implements Answer {}
    }

    AdminApi(URI base, HttpClient client) {
        this.base = base;
        this.client = client;
    }

    Answer post(DblessDocument document) throws IOException, InterruptedException {
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("config", document.text())
                .toString();
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(uri("/config?check_hash=1&flatten_errors=1"))
                        .timeout(LOAD)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        return switch (response.statusCode()) {
            case 200, 201, 304 -> new Answer.Loaded();
            case 400 -> {
                JsonNode json = json(response.body());
                yield new Answer.Refused(
                        EntityFault.all(json),
                        shortened(json.path("message").asText(json.path("error").asText(response.body()))));
            }
            case 413 -> new Answer.TooLarge();
            case 429 -> new Answer.Later(retryAfter(response), "it is loading another configuration");
            case 503 -> new Answer.Later(Duration.ZERO, "it is about to end");
            case 504 -> new Answer.Later(Duration.ZERO, "it did not load the configuration in time");
            default -> throw unexpected(response);
        };
    }

    /** The MD5 of the text that it runs; empty when it runs nothing. */
    String hash() throws IOException, InterruptedException {
        String hash = get("/status").path("configuration_hash").asText();
        return hash.equals(EMPTY) ? "" : hash;
    }

    /** Such as {@code 3.9.3}. */
    String version() throws IOException, InterruptedException {
        return get("/").path("version").asText();
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(uri(path)).timeout(SHORT).build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() != 200) {
            throw unexpected(response);
        }
        return json(response.body());
    }

    private URI uri(String path) {
        return URI.create(base.toString().replaceFirst("/$", "") + path);
    }

    private static IOException unexpected(HttpResponse<String> response) {
        return new IOException("answers " + response.statusCode() + " to "
                + response.request().method() + " " + response.uri().getPath() + ": " + shortened(response.body()));
    }

    private static Duration retryAfter(HttpResponse<String> response) {
        String seconds = response.headers().firstValue("Retry-After").orElse("");
        return seconds.matches("[0-9]{1,4}") ? Duration.ofSeconds(Long.parseLong(seconds)) : Duration.ZERO;
    }

    private static JsonNode json(String text) throws IOException {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IOException("does not answer as a Kong: " + shortened(text), e);
        }
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }
}
