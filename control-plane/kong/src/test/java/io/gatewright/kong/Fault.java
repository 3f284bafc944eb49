package io.gatewright.kong;

import com.fasterxml.jackson.databind.JsonNode;

/** Something that a Kong refuses. Immutable. */
public record Fault(EntityType type, JsonNode entity, String field, String message) {
    @Override
    public String toString() {
        return type.list() + " "
                + entity.path("name").asText(entity.path("username").asText()) + ": " + field + ": " + message;
    }
}
