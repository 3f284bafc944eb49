package io.gatewright.events.schema;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A node of a schema and where it stands. Immutable as long as nobody changes the JSON. */
record Place(JsonNode root, JsonNode node, JsonPointer pointer) {
    static final String DEFS = "#/$defs/";

    static Place top(JsonNode schema) {
        return new Place(schema, schema, JsonPointer.empty());
    }

    /** The member below; a missing node when there is none. */
    Place at(String name) {
        return new Place(root, node.path(name), pointer.appendProperty(name));
    }

    Place at(int index) {
        return new Place(root, node.path(index), pointer.appendIndex(index));
    }

    boolean isReference() {
        return node.has("$ref");
    }

    /** Where a reference leads, with what stands beside it laid over; anything else as it is. */
    Place resolved() {
        if (!isReference()) {
            return this;
        }
        String name = node.path("$ref").asText().substring(DEFS.length());
        Place target = top(root).at("$defs").at(name).resolved();
        ObjectNode merged = target.node.deepCopy();
        node.properties().forEach(entry -> {
            if (!entry.getKey().equals("$ref")) {
                merged.set(entry.getKey(), entry.getValue());
            }
        });
        return new Place(root, merged, target.pointer);
    }
}
