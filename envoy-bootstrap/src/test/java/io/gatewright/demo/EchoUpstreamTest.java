package io.gatewright.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

final class EchoUpstreamTest {
    @Test
    void saysWhatItReceived() throws Exception {
        try (EchoUpstream upstream = new EchoUpstream();
                HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://" + upstream.endpoint() + "/api/hilfe/slow?ms=1"))
                    .header("X-Twice", "a")
                    .header("X-Twice", "b")
                    .POST(BodyPublishers.ofString("12345"))
                    .build();

            JsonNode echo = new ObjectMapper()
                    .readTree(http.send(request, BodyHandlers.ofString()).body());

            assertThat(echo.path("method").asText()).isEqualTo("POST");
            assertThat(echo.path("path").asText()).isEqualTo("/api/hilfe/slow?ms=1");
            assertThat(echo.at("/headers/x-twice")).hasToString("[\"a\",\"b\"]");
            assertThat(echo.path("bodyBytes").asLong()).isEqualTo(5);
            assertThat(upstream.requests()).isEqualTo(1);
        }
    }
}
