package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** JSON written with single quotes. */
final class Given {
    private Given() {}

    static JsonNode json(String text) {
        try {
            return SchemaJson.read(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError("the test's JSON is wrong: " + text, e);
        }
    }

    static ObjectNode object(String text) {
        return (ObjectNode) json(text);
    }

    /** A revision of {@code a.b.happened.v1} with those members of the schema. */
    static ObjectNode schema(int revision, String members) {
        ObjectNode schema = object("{'type':'object'," + members + "}");
        schema.put("$schema", SchemaLanguage.DIALECT);
        schema.put("$id", "urn:gatewright:event:a.b.happened.v1:" + revision);
        return schema;
    }

    /** A revision with one optional member {@code m} that has that schema. */
    static ObjectNode member(int revision, String schema) {
        return schema(revision, "'properties':{'m':" + schema + "}");
    }
}
