package io.gatewright.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.registry.Change;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** Several documents in one revision, or with {@code dryRun=true} what they would change, and nothing written. */
@Path("/v1/changesets")
@Produces(MediaType.APPLICATION_JSON)
public class ChangesetsResource {
    private static final List<String> FIELDS = List.of("reason", "notBefore", "changes");
    private static final List<String> CHANGE_FIELDS = List.of("kind", "id", "expectedVersion", "body");

    private final Commits commits;

    public ChangesetsResource(Commits commits) {
        this.commits = commits;
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Writes and removes up to 10,000 documents in one revision, all or none")
    @RequestBody(
            description =
                    "`{reason, notBefore, changes: [{kind, id, expectedVersion, body}]}`; body null removes, expectedVersion 0 is"
                            + " for a new document and may be left out")
    @APIResponse(responseCode = "200", description = Answers.WRITTEN)
    @APIResponse(responseCode = "202", description = Answers.WAITS)
    @APIResponse(responseCode = "413", ref = "body-too-large")
    public Response commit(
            @QueryParam("dryRun") @Nullable String dryRun, @Context HttpHeaders headers, InputStream body) {
        boolean dry = Requested.flag("dryRun", dryRun);
        JsonNode json = Json.read(body, Json.MAX_CHANGESET_BYTES);
        List<Problem> problems = new ArrayList<>();
        requireKnown(json, "", FIELDS, problems);
        JsonNode list = json.path("changes");
        if (!list.isArray()) {
            problems.add(
                    new Problem("changes", "is not a list", "send {\"reason\": …, \"changes\": [{kind, id, body}]}"));
        }
        if (json.has("reason") && !json.get("reason").isTextual()) {
            problems.add(new Problem("reason", "is not text", "say in a sentence why"));
        }
        if (json.has("notBefore") && !json.get("notBefore").isTextual()) {
            problems.add(new Problem("notBefore", "is not text", "write a time as 2030-01-31T06:00:00+01:00"));
        }
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            read(list.get(i), "changes[" + i + "]", problems).ifPresent(changes::add);
        }
        if (!problems.isEmpty()) {
            throw Refusal.invalid(problems);
        }
        return dry
                ? commits.rehearse(changes)
                : commits.many(
                        json.path("reason").textValue(), json.path("notBefore").textValue(), headers, changes);
    }

    static Optional<Change> read(JsonNode json, String place, List<Problem> problems) {
        int before = problems.size();
        requireKnown(json, place + ".", CHANGE_FIELDS, problems);
        Optional<Kind> kind = Kind.of(json.path("kind").asText());
        if (kind.isEmpty()) {
            problems.add(new Problem(place + ".kind", "is not a kind", "use one of " + Kind.names()));
        }
        if (!json.path("id").isTextual()) {
            problems.add(new Problem(place + ".id", "is missing", "name the document"));
        }
        if (!json.has("body")) {
            problems.add(new Problem(place + ".body", "is missing", "send the document, or null to remove it"));
        }
        JsonNode expected = json.path("expectedVersion");
        if (!expected.isMissingNode() && !expected.canConvertToExactIntegral()) {
            problems.add(new Problem(
                    place + ".expectedVersion", "is not a whole number", "send the version you read, 0 for none"));
        }
        if (kind.isEmpty() || problems.size() > before) {
            return Optional.empty();
        }
        JsonNode body = json.get("body");
        return Optional.of(new Change(
                new DocumentKey(kind.get(), json.get("id").asText()),
                expected.isMissingNode() ? null : expected.asLong(),
                body.isNull() ? null : body));
    }

    static void requireKnown(JsonNode json, String place, List<String> fields, List<Problem> problems) {
        json.fieldNames().forEachRemaining(name -> {
            if (!fields.contains(name)) {
                problems.add(
                        new Problem(place + name, "is not a field here", "use one of " + String.join(", ", fields)));
            }
        });
    }
}
