package io.gatewright.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.registry.Change;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Several documents in one revision. */
@Path("/v1/changesets")
@Produces(MediaType.APPLICATION_JSON)
public class ChangesetsResource {
    private final Commits commits;

    public ChangesetsResource(Commits commits) {
        this.commits = commits;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    public Response commit(@Context HttpHeaders headers, InputStream body) {
        JsonNode json = Json.read(body);
        JsonNode list = json.path("changes");
        if (!list.isArray()) {
            throw Refusal.badRequest(
                    "changes", "is not a list", "send {\"reason\": …, \"changes\": [{kind, id, body}]}");
        }
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            changes.add(change(list.get(i), "changes[" + i + "]"));
        }
        return commits.many(json.path("reason").textValue(), headers, changes);
    }

    private static Change change(JsonNode json, String place) {
        Kind kind = Kind.of(json.path("kind").asText())
                .orElseThrow(() -> Refusal.badRequest(place + ".kind", "is not a kind", "use one of " + Kind.names()));
        if (!json.path("id").isTextual()) {
            throw Refusal.badRequest(place + ".id", "is missing", "name the document");
        }
        if (!json.has("body")) {
            throw Refusal.badRequest(place + ".body", "is missing", "send the document, or null to remove it");
        }
        JsonNode expected = json.path("expectedVersion");
        if (!expected.isMissingNode() && !expected.canConvertToExactIntegral()) {
            throw Refusal.badRequest(place + ".expectedVersion", "is not a number", "send the version you read");
        }
        JsonNode body = json.get("body");
        return new Change(
                new DocumentKey(kind, json.get("id").asText()),
                expected.isMissingNode() ? null : expected.asLong(),
                body.isNull() ? null : body);
    }
}
