package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.CommitResult;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Response;

/** Documents and results of commits as answers. */
final class Answers {
    private Answers() {}

    static ObjectNode document(Document document) {
        ObjectNode json = Json.object()
                .put("kind", document.key().kind().wireName())
                .put("id", document.key().id())
                .put("version", document.version());
        json.set("body", document.body() == null ? null : BodyFormat.write(document.body()));
        return json;
    }

    static Response ofDocument(Document document) {
        return Response.ok(document(document).toString())
                .tag(new EntityTag(Long.toString(document.version())))
                .build();
    }

    /**
     * The answer to a commit.
     *
     * @throws Refusal when it was turned down
     */
    static Response of(CommitResult result) {
        return switch (result) {
            case CommitResult.Committed committed -> {
                ObjectNode json = Json.object()
                        .put("revision", committed.revision())
                        .put("at", committed.at().toString())
                        .put("committedAt", committed.committedAt().toString());
                var documents = json.putArray("documents");
                committed.documents().forEach(document -> documents.add(document(document)));
                yield Response.ok(json.toString())
                        .tag(new EntityTag(Long.toString(committed.revision())))
                        .build();
            }
            case CommitResult.Unchanged unchanged -> {
                ObjectNode json =
                        Json.object().put("revision", unchanged.revision()).put("unchanged", true);
                json.putArray("documents");
                yield Response.ok(json.toString()).build();
            }
            case CommitResult.Invalid invalid -> throw Refusal.invalid(invalid.problems());
            case CommitResult.Conflict conflict ->
                throw Refusal.of(409, "conflict", "Conflict with other documents", conflict.problems(), null);
            case CommitResult.Missing missing ->
                throw Refusal.of(404, "not-found", "Not found", missing.problems(), null);
            case CommitResult.Stale stale ->
                throw Refusal.of(
                        412,
                        "stale",
                        "Changed by somebody else",
                        stale.problems(),
                        stale.current().values().stream()
                                .findFirst()
                                .map(Answers::document)
                                .orElse(null));
        };
    }
}
