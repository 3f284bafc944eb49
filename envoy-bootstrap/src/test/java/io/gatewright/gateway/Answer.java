package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What came back. Immutable.
 *
 * @param headers by lower-case name, each line by itself
 */
record Answer(int status, Map<String, List<String>> headers, String body) {
    static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    private static final ObjectMapper JSON = new ObjectMapper();

    List<String> lines(String header) {
        return headers.getOrDefault(header, List.of());
    }

    /** All lines of a header, joined by commas; empty when there is none. */
    String header(String name) {
        return String.join(", ", lines(name));
    }

    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + status + " " + body, e);
        }
    }

    /** The lines of a request header that the upstream received. */
    List<String> upstreamGot(String header) {
        assertThat(status).as(body).isEqualTo(200);
        List<String> lines = new ArrayList<>();
        json().path("headers").path(header).forEach(line -> lines.add(line.asText()));
        return lines;
    }

    Answer isServed() {
        assertThat(status).as(body).isEqualTo(200);
        assertThat(json().path("headers").isObject())
                .as("answered by the upstream: %s", body)
                .isTrue();
        return this;
    }

    /** A problem document of that status and type, with the id that its header has too. */
    Answer isProblem(int expected, String type) {
        assertThat(status).as(body).isEqualTo(expected);
        assertThat(header("content-type")).isEqualTo("application/problem+json");
        assertThat(json().path("type").asText()).isEqualTo("urn:gatewright:problem:" + type);
        assertThat(json().path("status").asInt()).isEqualTo(expected);
        assertThat(lines("x-correlation-id"))
                .containsExactly(json().path("correlationId").asText());
        return this;
    }
}
