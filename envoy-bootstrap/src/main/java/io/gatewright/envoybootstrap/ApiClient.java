package io.gatewright.envoybootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Speaks to a control plane's API. Thread-safe. */
public final class ApiClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(65);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final String base;
    private final Path tokenFile;
    private volatile String token = "";

    /** @param tokenFile where the control plane keeps the token of its run; read again when it no longer counts */
    public ApiClient(String base, Path tokenFile) {
        this.base = base;
        this.tokenFile = tokenFile;
    }

    public Path tokenFile() {
        return tokenFile;
    }

    /** Where the API is, without a slash at its end. */
    public String base() {
        return base;
    }

    /** Whether {@code /q/health/ready} says so. */
    public boolean ready() {
        try {
            return send("GET", "/q/health/ready", null).statusCode() == 200;
        } catch (EnvoyUnavailable e) {
            return false;
        }
    }

    /**
     * The answer to a GET.
     *
     * @throws EnvoyUnavailable when it is not a 200 with JSON
     */
    public JsonNode get(String path) {
        return json(send("GET", path, null), path);
    }

    /** The text that a GET answers, whatever its status. */
    public String text(String path) {
        return send("GET", path, null).body();
    }

    /** Commits documents, each {@code {kind, id, body}}, as one revision without expected versions. */
    public JsonNode commit(String reason, ArrayNode documents) {
        ObjectNode changeset = JSON.createObjectNode().put("reason", reason);
        changeset.set("changes", documents);
        return json(send("POST", "/v1/changesets", changeset.toString()), "/v1/changesets");
    }

    /** Sets a key at a scope. */
    public JsonNode set(String scope, String key, JsonNode value, String reason) {
        ArrayNode documents = JSON.createArrayNode();
        documents
                .addObject()
                .put("kind", "setting")
                .put("id", scope + "/" + key)
                .putObject("body")
                .set("value", value);
        return commit(reason, documents);
    }

    /** The answer to any request, for those who want to see refusals. Without an Authorization header it gets ours. */
    public HttpResponse<String> send(String method, String path, @Nullable String body, String... headers) {
        boolean authorized = Stream.of(headers).anyMatch("Authorization"::equalsIgnoreCase);
        if (authorized || path.startsWith("/q/")) {
            return exchange(method, path, body, List.of(headers));
        }
        String used = token;
        HttpResponse<String> answer = exchange(method, path, body, with(used, headers));
        if (answer.statusCode() == 401 && !readToken().equals(used)) {
            return exchange(method, path, body, with(token, headers));
        }
        return answer;
    }

    private static List<String> with(String token, String... headers) {
        return Stream.concat(Stream.of(headers), Stream.of("Authorization", "Bearer " + token))
                .toList();
    }

    /** The token as the file has it now, for those who send requests of their own; empty when there is none. */
    public String readToken() {
        try {
            token = Files.readString(tokenFile).strip();
        } catch (IOException e) {
            token = ""; // the control plane wants another kind of token, or is not there
        }
        return token;
    }

    private HttpResponse<String> exchange(String method, String path, @Nullable String body, List<String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(TIMEOUT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new EnvoyUnavailable("The control plane at " + base + " does not answer " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvoyUnavailable("interrupted while asking the control plane", e);
        }
    }

    private static JsonNode json(HttpResponse<String> answer, String path) {
        if (answer.statusCode() != 200) {
            throw new EnvoyUnavailable(
                    "The control plane answered " + path + " with " + answer.statusCode() + ": " + answer.body());
        }
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new EnvoyUnavailable("The control plane answered " + path + " with something else than JSON", e);
        }
    }
}
