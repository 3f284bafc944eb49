package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.CommitResult;
import io.gatewright.registry.Proposal;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Response;
import java.net.URI;

/** Documents and results of commits as answers. */
final class Answers {
    /** How a write is answered, for the description of the API. */
    static final String WRITTEN = "`{revision, at, committedAt, documents: [{kind, id, version, body}]}`, or"
            + " `{revision, unchanged: true}` when all is so already";

    /** The same for a change that waits. */
    static final String WAITS = "A proposal, as under `Location`: the change waits for a second person or for its time";

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

    /** The answer to a change set that waits. */
    static Response of(Proposal proposal) {
        return Response.accepted(proposal.toJson().toString())
                .location(URI.create("/v1/proposals/" + proposal.id()))
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
            case CommitResult.Conflict conflict -> throw Refusal.of(ProblemType.CONFLICT, conflict.problems(), null);
            case CommitResult.Missing missing -> throw Refusal.of(ProblemType.NOT_FOUND, missing.problems(), null);
            case CommitResult.Forbidden forbidden ->
                throw Refusal.of(ProblemType.FORBIDDEN, forbidden.problems(), null);
            case CommitResult.Deferred deferred ->
                throw new IllegalStateException("what waits is a proposal, not an answer");
            case CommitResult.Stale stale ->
                throw Refusal.of(
                        ProblemType.STALE,
                        stale.problems(),
                        stale.current().values().stream()
                                .findFirst()
                                .map(Answers::document)
                                .orElse(null));
        };
    }
}
