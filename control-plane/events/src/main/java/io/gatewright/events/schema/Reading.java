package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * Who reads a schema: one schema has two readings, so that a misspelled member is caught where it is written, and a new one
 * disturbs nobody where it is read. Immutable.
 */
public enum Reading {
    /** Closed: a member that is not declared is an error, and so is an unknown word of any enumeration. */
    PRODUCER,
    /** Open: members that are not declared are passed over, and so are unknown words of open enumerations. */
    CONSUMER;

    private static final Set<String> LISTS = Set.of("enum", "required", "type", "const");

    /** The plain JSON Schema that says what this reading does, without notes and keywords of our own. */
    ObjectNode of(JsonNode schema) {
        ObjectNode plain = JsonNodeFactory.instance.objectNode();
        boolean open = this == CONSUMER && schema.path("x-open-enum").booleanValue();
        schema.properties().forEach(entry -> {
            String keyword = entry.getKey();
            JsonNode value = entry.getValue();
            switch (keyword) {
                case "properties", "$defs" -> {
                    ObjectNode members = plain.putObject(keyword);
                    value.properties().forEach(member -> members.set(member.getKey(), of(member.getValue())));
                }
                case "items" -> plain.set(keyword, of(value));
                case "oneOf" ->
                    value.forEach(variant -> plain.withArray(keyword).add(of(variant)));
                case "$schema", "$ref", "format", "pattern", "minimum", "maximum" -> plain.set(keyword, value);
                case "minLength", "maxLength", "minItems", "maxItems", "uniqueItems" -> plain.set(keyword, value);
                default -> {
                    if (LISTS.contains(keyword) && !(open && keyword.equals("enum"))) {
                        plain.set(keyword, value);
                    }
                }
            }
        });
        if (this == PRODUCER && plain.has("properties")) {
            plain.put("additionalProperties", false);
        }
        return plain;
    }
}
