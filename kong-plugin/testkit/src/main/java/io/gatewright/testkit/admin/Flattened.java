package io.gatewright.testkit.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Refusals as {@code flatten_errors=1} shows them: an entry for each entity, with all its errors. */
final class Flattened {
    private Flattened() {}

    static ObjectNode answer(List<EntityFault> faults) {
        ObjectNode answer = invalid("declarative config is invalid: " + faults.size() + " errors");
        Map<JsonNode, ObjectNode> entries = new LinkedHashMap<>();
        ArrayNode list = answer.putArray("flattened_errors");
        for (EntityFault fault : faults) {
            ObjectNode entry = entries.computeIfAbsent(fault.entity(), entity -> entry(list, fault));
            ObjectNode error = entry.withArray("errors").addObject();
            if (fault.field().equals("@entity")) {
                error.put("type", "entity").putArray("messages").add(fault.message());
            } else {
                error.put("type", "field").put("field", fault.field()).put("message", fault.message());
            }
        }
        return answer;
    }

    static ObjectNode invalid(String message) {
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("code", 14)
                .put("name", "invalid declarative configuration")
                .put("message", message);
        answer.putObject("fields");
        return answer;
    }

    private static ObjectNode entry(ArrayNode list, EntityFault fault) {
        ObjectNode entry = list.addObject().put("entity_type", fault.type());
        copy(fault.entity(), "id", entry);
        copy(fault.entity(), "name", entry);
        copy(fault.entity(), "tags", entry);
        entry.set("entity", fault.entity());
        return entry;
    }

    private static void copy(JsonNode entity, String field, ObjectNode entry) {
        if (entity.has(field)) {
            entry.set("entity_" + field, entity.get(field));
        }
    }
}
