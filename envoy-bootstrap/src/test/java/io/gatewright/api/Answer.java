package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;

/** What the API answered. Immutable. */
record Answer(HttpResponse<String> http) {
    private static final ObjectMapper JSON = new ObjectMapper();

    int status() {
        return http.statusCode();
    }

    String header(String name) {
        return http.headers().firstValue(name).orElse("");
    }

    JsonNode json() {
        try {
            return JSON.readTree(http.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + http.body(), e);
        }
    }

    /** The same, once it is what was hoped for. */
    Answer done() {
        assertThat(status()).as(http.body()).isEqualTo(200);
        assertThat(header("Content-Type")).startsWith("application/json");
        return this;
    }

    /** The first problem, once this is a problem document of that status whose problems all name field and fix. */
    JsonNode problem(int status) {
        assertThat(status()).as(http.body()).isEqualTo(status);
        assertThat(header("Content-Type")).isEqualTo("application/problem+json");
        JsonNode document = json();
        assertThat(document.path("type").asText()).startsWith("urn:gatewright:problem:");
        assertThat(document.path("status").asInt()).isEqualTo(status);
        assertThat(document.path("title").asText()).isNotBlank();
        assertThat(document.path("detail").asText()).isNotBlank();
        assertThat(document.path("problems")).isNotEmpty().allSatisfy(problem -> {
            assertThat(problem.path("field").asText()).isNotBlank();
            assertThat(problem.path("message").asText()).isNotBlank();
            assertThat(problem.path("fix").asText()).isNotBlank();
        });
        assertThat(http.body()).doesNotContain("\tat ").doesNotContain("Exception");
        return document.path("problems").path(0);
    }
}
