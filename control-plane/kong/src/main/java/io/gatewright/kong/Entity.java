package io.gatewright.kong;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * One entity of Kong with those that lie in it. Immutable: nobody changes {@code fields} or what {@link #json} gives.
 *
 * @param name names it among all of its type, for the order and for the id; for a plugin its name and where it stands, as in
 *     {@code cors/service=orders}
 * @param fields what Kong's schema has for it, but for id, tags, and children
 */
public record Entity(EntityType type, String name, ObjectNode fields, Provenance provenance, List<Entity> children) {
    public Entity {
        children = List.copyOf(children);
    }

    static Entity of(EntityType type, String name, ObjectNode fields, Provenance provenance) {
        return new Entity(type, name, fields, provenance, List.of());
    }

    /** A UUID that depends on type and name alone, so that a change of content is an update and counters go on. */
    public String id() {
        return NameUuid.of(type.list() + "/" + name).toString();
    }

    /** As it stands in both files. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id());
        for (var field : fields.properties()) {
            JsonNode value = field.getValue();
            json.set(field.getKey(), value);
        }
        ArrayNode tags = json.putArray("tags");
        provenance.tags().forEach(tags::add);
        for (Entity child : children) {
            json.withArray(child.type().list()).add(child.json());
        }
        return json;
    }
}
