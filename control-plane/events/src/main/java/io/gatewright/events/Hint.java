package io.gatewright.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a notification on {@link Hints#CHANNEL} says: there are new events. Immutable.
 *
 * @param epoch of the tick
 * @param from the offset of its first event
 * @param to the offset of its last event
 * @param topics of its events; empty when there were too many to name
 */
public record Hint(int epoch, long from, long to, List<String> topics) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Copies the list. */
    public Hint {
        topics = List.copyOf(topics);
    }

    /** Empty for what is no hint of a version known here. */
    static Optional<Hint> parse(String payload) {
        try {
            JsonNode json = JSON.readTree(payload);
            if (json.path("v").asInt() != 1) {
                return Optional.empty();
            }
            List<String> topics = new ArrayList<>();
            json.path("topics").forEach(topic -> topics.add(topic.asText()));
            return Optional.of(new Hint(
                    json.path("epoch").asInt(),
                    json.path("from").asLong(),
                    json.path("to").asLong(),
                    topics));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
