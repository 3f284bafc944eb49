package io.gatewright.envoybootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The administration of one Envoy. Thread-safe once its address was found. */
final class EnvoyAdmin {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private volatile int port;

    /** Whether Envoy has written where it listens, which it does once it does. */
    boolean found(Path address) {
        try {
            String text = Files.exists(address) ? Files.readString(address).strip() : "";
            port = text.isEmpty() ? 0 : Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
            return port != 0;
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    boolean answers() {
        try {
            send("/ready");
            return true;
        } catch (EnvoyUnavailable e) {
            return false;
        }
    }

    boolean live() {
        return send("/ready").statusCode() == 200;
    }

    long stat(String name) {
        String filter =
                URLEncoder.encode("^" + name.replaceAll("[^A-Za-z0-9_]", "\\\\$0") + "$", StandardCharsets.UTF_8);
        String line = get("/stats?filter=" + filter).strip();
        return line.startsWith(name + ": ") ? Long.parseLong(line.substring(name.length() + 2)) : 0;
    }

    JsonNode json(String path) {
        try {
            return JSON.readTree(get(path));
        } catch (JsonProcessingException e) {
            throw new EnvoyUnavailable("Envoy answered " + path + " with something else than JSON", e);
        }
    }

    String get(String path) {
        HttpResponse<String> answer = send(path);
        if (answer.statusCode() != 200) {
            throw new EnvoyUnavailable("Envoy answered " + path + " with " + answer.statusCode());
        }
        return answer.body();
    }

    private HttpResponse<String> send(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new EnvoyUnavailable("Envoy's administration on port " + port + " does not answer " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvoyUnavailable("interrupted while asking Envoy for " + path, e);
        }
    }
}
