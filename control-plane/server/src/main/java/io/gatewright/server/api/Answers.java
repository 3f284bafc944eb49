package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.CommitResult;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import io.gatewright.settings.Problem;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.stream.Collectors;

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
            case CommitResult.Invalid invalid -> throw refusal(422, "invalid", "Not valid", invalid.problems());
            case CommitResult.Conflict conflict ->
                throw refusal(409, "conflict", "Conflict with other documents", conflict.problems());
            case CommitResult.Missing missing -> throw refusal(404, "not-found", "Not found", missing.problems());
            case CommitResult.Stale stale ->
                throw Refusal.of(
                        412,
                        "stale",
                        "Changed by somebody else",
                        sentence(stale.problems()),
                        stale.problems(),
                        stale.current().values().stream()
                                .findFirst()
                                .map(Answers::document)
                                .orElse(null));
        };
    }

    private static Refusal refusal(int status, String type, String title, List<Problem> problems) {
        return Refusal.of(status, type, title, sentence(problems), problems, null);
    }

    private static String sentence(List<Problem> problems) {
        return problems.stream()
                .limit(3)
                .map(p -> p.field() + " " + p.message() + "; " + p.fix())
                .collect(Collectors.joining(". "));
    }
}
