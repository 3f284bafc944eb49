package io.gatewright.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.audit.AuditChain;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One revision with all it changed, in order; nothing, when it tells of something else than documents. Immutable. */
public record Revision(RevisionHeader header, List<DocumentChange> changes) {
    public Revision {
        changes = List.copyOf(changes);
    }

    /** The revision that follows {@code previousHash}. */
    static Revision after(
            String previousHash, long number, Instant at, Changeset changeset, List<DocumentChange> changes) {
        RevisionHeader unhashed = new RevisionHeader(
                number,
                at,
                changeset.actor(),
                changeset.reason(),
                changeset.correlationId(),
                previousHash,
                AuditChain.GENESIS);
        Revision revision = new Revision(unhashed, changes);
        return new Revision(unhashed.withHash(AuditChain.hash(previousHash, revision.toJson())), changes);
    }

    /** What {@link AuditChain} goes along, and one line of an audit export. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object()
                .put("revision", header.number())
                .put("at", header.at().toString())
                .put("actor", header.actor())
                .put("reason", header.reason())
                .put("correlationId", header.correlationId());
        json.set("changes", changesToJson(changes));
        return json.put("previousHash", header.previousHash()).put("hash", header.hash());
    }

    static ArrayNode changesToJson(List<DocumentChange> changes) {
        ArrayNode entries = Json.object().putArray("changes");
        for (DocumentChange change : changes) {
            ObjectNode entry = entries.addObject()
                    .put("kind", change.key().kind().wireName())
                    .put("id", change.key().id())
                    .put("oldVersion", change.oldVersion());
            entry.set("old", change.oldBody());
            entry.set("new", change.newBody());
        }
        return entries;
    }

    static List<DocumentChange> changesFromJson(JsonNode entries) {
        List<DocumentChange> changes = new ArrayList<>();
        for (JsonNode entry : entries) {
            Kind kind = Kind.of(entry.required("kind").textValue()).orElseThrow();
            changes.add(new DocumentChange(
                    new DocumentKey(kind, entry.required("id").textValue()),
                    entry.path("oldVersion").isNumber()
                            ? entry.path("oldVersion").longValue()
                            : null,
                    body(entry.required("old")),
                    body(entry.required("new"))));
        }
        return changes;
    }

    private static @Nullable JsonNode body(JsonNode json) {
        return json.isNull() ? null : json;
    }
}
