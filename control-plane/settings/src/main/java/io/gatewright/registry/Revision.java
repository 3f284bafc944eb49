package io.gatewright.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One revision with all it changed, in order. Immutable. Its JSON form is one line of an audit export. */
public record Revision(RevisionHeader header, List<DocumentChange> changes) {
    public Revision {
        changes = List.copyOf(changes);
    }

    /** The JSON form; without {@code previousHash} and {@code hash} it is what the hash covers. */
    public ObjectNode toJson() {
        return hashed(header.number(), header.at(), header.actor(), header.reason(), header.correlationId(), changes)
                .put("previousHash", header.previousHash())
                .put("hash", header.hash());
    }

    static ObjectNode hashed(
            long number,
            Instant at,
            String actor,
            String reason,
            @Nullable String correlationId,
            List<DocumentChange> changes) {
        ObjectNode json = Json.object()
                .put("revision", number)
                .put("at", at.toString())
                .put("actor", actor)
                .put("reason", reason)
                .put("correlationId", correlationId);
        var entries = json.putArray("changes");
        for (DocumentChange change : changes) {
            ObjectNode entry = entries.addObject()
                    .put("kind", change.key().kind().wireName())
                    .put("id", change.key().id())
                    .put("oldVersion", change.oldVersion());
            entry.set("old", change.oldBody());
            entry.set("new", change.newBody());
        }
        return json;
    }

    /**
     * Reads a line of an audit export.
     *
     * @throws IllegalArgumentException when it is not one
     */
    public static Revision fromJson(JsonNode json) {
        try {
            List<DocumentChange> changes = new ArrayList<>();
            for (JsonNode entry : json.required("changes")) {
                Kind kind = Kind.of(entry.required("kind").textValue()).orElseThrow();
                changes.add(new DocumentChange(
                        new DocumentKey(kind, entry.required("id").textValue()),
                        entry.path("oldVersion").isNumber()
                                ? entry.path("oldVersion").longValue()
                                : null,
                        body(entry.required("old")),
                        body(entry.required("new"))));
            }
            return new Revision(
                    new RevisionHeader(
                            json.required("revision").longValue(),
                            Instant.parse(json.required("at").textValue()),
                            json.required("actor").textValue(),
                            json.required("reason").textValue(),
                            json.path("correlationId").textValue(),
                            json.required("previousHash").textValue(),
                            json.required("hash").textValue()),
                    changes);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("This is not a line of an audit export: " + e.getMessage(), e);
        }
    }

    private static @Nullable JsonNode body(JsonNode json) {
        return json.isNull() ? null : json;
    }
}
