package io.gatewright.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The control plane's HTTP API. Thread-safe. Everything but a 2xx is a {@link Refusal}, unless a method says otherwise. */
final class Api {
    static final Duration NO_WAIT = Duration.ZERO;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI server;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** What the server answered; the body is missing when there was none. */
    record Answer(int status, JsonNode body) {
        boolean done() {
            return status >= 200 && status < 300;
        }

        JsonNode orRefusal() {
            if (!done()) {
                throw Refusal.of(status, body);
            }
            return body;
        }
    }

    Api(URI server) {
        this.server = server;
    }

    JsonNode get(String path) {
        return get(path, NO_WAIT).orRefusal();
    }

    /** A GET with whatever answer; {@code wait} is how long the server was asked to wait. */
    Answer get(String path, Duration wait) {
        return send("GET", path, null, Map.of(), wait);
    }

    /** Any request with whatever answer. */
    Answer send(String method, String path, @Nullable JsonNode body, Map<String, String> headers, Duration wait) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(TIMEOUT.plus(wait))
                .header("Accept", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        try {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), parse(answer));
        } catch (HttpTimeoutException e) {
            throw unreachable("it did not answer in time");
        } catch (ConnectException e) {
            throw unreachable(
                    e.getCause() instanceof UnresolvedAddressException
                            ? "no host has that name"
                            : "nobody listens there");
        } catch (IOException e) {
            throw unreachable(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable("interrupted");
        }
    }

    private Refusal unreachable(String why) {
        return new Refusal("cannot reach " + server + ": " + why
                + "; start a control plane with 'gatewright serve', or name one with --server or GATEWRIGHT_URL");
    }

    private JsonNode parse(HttpResponse<String> answer) {
        try {
            return answer.body().isBlank() ? MissingNode.getInstance() : JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new Refusal(server + " answered " + answer.statusCode()
                    + " without JSON; is it a control plane of Gatewright?");
        }
    }

    /** A query of the pairs whose value is not null, with its question mark, or nothing. */
    static String query(@Nullable String... namesAndValues) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String value = namesAndValues[i + 1];
            if (value != null) {
                query.append(query.isEmpty() ? '?' : '&')
                        .append(namesAndValues[i])
                        .append('=');
                query.append(URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
            }
        }
        return query.toString();
    }

    /** A path with only those characters encoded that RFC 3986 does not allow in one. */
    static String path(String text) {
        return encoded(text, "-._~!$&'()*+,;=:@/");
    }

    /** Percent-encoded UTF-8 of the text, but for ASCII letters, digits and those marks. */
    static String encoded(String text, String marks) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || marks.indexOf(c) >= 0);
            encoded.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return encoded.toString();
    }
}
