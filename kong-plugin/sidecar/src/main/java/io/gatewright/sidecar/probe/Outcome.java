package io.gatewright.sidecar.probe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What a module says of an attempt. Immutable. */
sealed interface Outcome {
    /**
     * It has taken effect.
     *
     * @param status that it was, or would have been, answered with, 100 to 599
     * @param location of what it made, or empty
     */
    record Applied(int status, String location) implements Outcome {}

    /** It has not taken effect, so far. */
    record NotApplied() implements Outcome {}

    /** No answer that helps, and why. */
    record Unclear(String why) implements Outcome {}

    /** Reads {@code {"outcome": "applied", "status": 201, "location": "/orders/7"}}, {@code not-applied} or {@code unknown}. */
    static Outcome read(byte[] body) {
        JsonNode json;
        try {
            json = Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return new Unclear("its answer is not JSON");
        } catch (IOException e) {
            return new Unclear("its answer cannot be read");
        }
        return switch (json.path("outcome").asText()) {
            case "applied" -> applied(json.path("status"), json.path("location"));
            case "not-applied" -> new NotApplied();
            case "unknown" -> new Unclear("it does not know either");
            default -> new Unclear("its answer has no outcome that is known here");
        };
    }

    private static Outcome applied(JsonNode status, JsonNode location) {
        if (!status.isInt() || status.intValue() < 100 || status.intValue() > 599) {
            return new Unclear("its answer has no status from 100 to 599");
        }
        String place = location.asText();
        boolean usable = location.isTextual()
                && place.getBytes(StandardCharsets.UTF_8).length <= Json.LONGEST_LOCATION_BYTES
                && place.chars().allMatch(c -> c > ' ' && c < 127);
        return new Applied(status.intValue(), usable ? place : "");
    }

    /** How answers are read. */
    final class Json {
        private static final int LONGEST_LOCATION_BYTES = 2_000;
        private static final ObjectMapper MAPPER = new ObjectMapper()
                .enable(
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

        private Json() {}
    }
}
