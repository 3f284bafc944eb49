package io.gatewright.kong.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.kong.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a Kong says of an entity that it refuses. Immutable.
 *
 * @param entity type and name, as in {@code plugin rate-limiting}
 * @param provenance as its tags say; empty when it has none of ours
 * @param problem field and message
 */
record EntityFault(String entity, Optional<Provenance> provenance, String problem) {

    /** All that stand in the answer to a refused post with {@code flatten_errors=1}. */
    static List<EntityFault> all(JsonNode answer) {
        List<EntityFault> faults = new ArrayList<>();
        for (JsonNode entry : answer.path("flattened_errors")) {
            JsonNode entity = entry.path("entity");
            List<String> tags = new ArrayList<>();
            Stream.of(entry.path("entity_tags"), entity.path("tags"))
                    .forEach(list -> list.forEach(tag -> tags.add(tag.asText())));
            String name =
                    entry.path("entity_name").asText(entity.path("username").asText());
            for (JsonNode error : entry.path("errors")) {
                faults.add(new EntityFault(
                        (entry.path("entity_type").asText() + " " + name).strip(),
                        Provenance.parse(tags),
                        problem(error)));
            }
        }
        return faults;
    }

    private static String problem(JsonNode error) {
        List<String> messages = new ArrayList<>();
        error.path("messages").forEach(message -> messages.add(message.asText()));
        if (error.has("message")) {
            messages.add(error.path("message").asText());
        }
        String field = error.path("field").asText();
        return (field.isEmpty() ? "" : field + ": ") + String.join("; ", messages);
    }
}
