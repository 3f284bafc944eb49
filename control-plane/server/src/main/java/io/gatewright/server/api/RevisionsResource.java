package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.Change;
import io.gatewright.registry.Changeset;
import io.gatewright.registry.Difference;
import io.gatewright.registry.History;
import io.gatewright.registry.Rehearsal;
import io.gatewright.registry.Revision;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** The history, newest first; what differs between two revisions, and the way back to one. */
@Path("/v1/revisions")
@Produces(MediaType.APPLICATION_JSON)
public class RevisionsResource {
    private static final int MOST = 200;
    private static final String DRY_RUN = "dry run";

    private final History history;
    private final AsOf asOf;
    private final Commits commits;

    public RevisionsResource(History history, AsOf asOf, Commits commits) {
        this.history = history;
        this.asOf = asOf;
        this.commits = commits;
    }

    @GET
    @Operation(summary = "Revisions, newest first: all, or those that changed one document")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{revisions: [{revision, at, actor, reason, correlationId, changes: [{kind, id, oldVersion, old,"
                            + " new}], previousHash, hash}]}`")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public String list(
            @QueryParam("before") @Nullable String before,
            @QueryParam("limit") @DefaultValue("20") String limit,
            @QueryParam("kind") @Nullable String kind,
            @QueryParam("id") @Nullable String id,
            @QueryParam("at") @Nullable String at) {
        long most = Requested.number("limit", limit);
        if (most < 1 || most > MOST) {
            throw Refusal.badRequest("limit", "is not from 1 to " + MOST, "ask for fewer and go on with before=");
        }
        long end = before == null ? Long.MAX_VALUE : Requested.number("before", before);
        ObjectNode json = Json.object();
        var list = json.putArray("revisions");
        find(at == null ? end : Math.min(end, asOf.revision(at) + 1), (int) most, kind, id)
                .forEach(revision -> list.add(revision.toJson()));
        return json.toString();
    }

    private List<Revision> find(long before, int limit, @Nullable String kind, @Nullable String id) {
        if (kind == null && id == null) {
            return history.revisions(before, limit);
        }
        if (kind == null || id == null) {
            throw Refusal.badRequest("kind and id", "belong together", "send both, or neither for all revisions");
        }
        DocumentKey key = new DocumentKey(
                Kind.of(kind).orElseThrow(() -> Refusal.notFound("kind", "kind " + kind, "use one of " + Kind.names())),
                id);
        return history.history(key, before, limit).stream()
                .map(past -> new Revision(past.revision(), List.of(past.change())))
                .toList();
    }

    @GET
    @Path("/{number}")
    @Operation(summary = "One revision with its changes")
    @APIResponse(
            responseCode = "200",
            description = "`{revision, at, actor, reason, correlationId, changes: [{kind, id, oldVersion, old, new}],"
                    + " previousHash, hash}`")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public String one(@PathParam("number") String number) {
        return history.revision(Requested.number("number", number))
                .orElseThrow(() -> Refusal.notFound("number", "revision " + number, "see /v1/revisions"))
                .toJson()
                .toString();
    }

    @GET
    @Path("/{number}/diff")
    @Operation(summary = "The documents that differ between two revisions")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{revision, from, differences: [{kind, id, revision, old, new}]}`: the last revision between them"
                            + " that changed each, its body at `from` and at `number`, null when there was none")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public String diff(@PathParam("number") String number, @QueryParam("from") @Nullable String from) {
        long newest = asOf.newest().revision();
        long to = AsOf.number("number", number, newest);
        long start = from == null ? Math.max(0, to - 1) : AsOf.number("from", from, newest);
        ObjectNode json = Json.object().put("revision", to).put("from", start);
        var list = json.putArray("differences");
        for (Difference difference : history.differences(start, to)) {
            ObjectNode entry = list.addObject()
                    .put("kind", difference.key().kind().wireName())
                    .put("id", difference.key().id())
                    .put("revision", difference.revision());
            entry.set("old", difference.oldBody());
            entry.set("new", difference.newBody());
        }
        return json.toString();
    }

    @POST
    @Path("/{number}/rollback")
    @Operation(
            summary = "Goes back to what a revision left, by a new revision",
            description =
                    "Everything after the revision is taken back but fetched signing keys. Ask with `dryRun=true` first:"
                            + " the ETag of that answer is the `If-Match` without it, so that nothing is taken back that nobody"
                            + " has seen.")
    @APIResponse(
            responseCode = "200",
            description = Answers.WRITTEN
                    + "; with `dryRun=true` `{dryRun, revision, changes: {creating, updating, deleting}, summary}` and"
                    + " nothing written")
    @APIResponse(responseCode = "202", description = Answers.WAITS)
    @APIResponse(responseCode = "428", ref = "precondition-required")
    public Response rollback(
            @PathParam("number") String number,
            @QueryParam("dryRun") @Nullable String dryRun,
            @Context HttpHeaders headers) {
        boolean dry = Requested.flag("dryRun", dryRun);
        Settings now = asOf.newest();
        long revision = AsOf.number("number", number, now.revision());
        List<Change> changes = history.changesBackTo(revision, now.revision());
        if (changes.size() > Changeset.MAX_CHANGES) {
            throw Refusal.invalid(List.of(new Problem(
                    "number",
                    "going back to " + revision + " changes " + changes.size() + " documents, more than "
                            + Changeset.MAX_CHANGES,
                    "go back to a later revision first, then further")));
        }
        return dry ? rehearsed(now, changes) : commits.onto(now.revision(), headers, changes);
    }

    private static Response rehearsed(Settings now, List<Change> changes) {
        Rehearsal rehearsal = changes.isEmpty()
                ? new Rehearsal.Possible(now.revision(), List.of())
                : Rehearsal.of(now, new Changeset(DRY_RUN, DRY_RUN, /* correlationId= */ null, changes));
        return Response.fromResponse(DryRun.of(rehearsal))
                .tag(new EntityTag(Long.toString(now.revision())))
                .build();
    }
}
