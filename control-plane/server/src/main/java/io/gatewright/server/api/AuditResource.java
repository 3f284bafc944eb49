package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.audit.AuditChain.Verdict;
import io.gatewright.registry.History;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** The history as a file that proves itself, and whether the database still holds what was written. */
@Path("/v1/audit")
public class AuditResource {
    private static final String NDJSON = "application/x-ndjson";

    private final History history;
    private final AsOf asOf;

    public AuditResource(History history, AsOf asOf) {
        this.history = history;
        this.asOf = asOf;
    }

    @GET
    @Path("/export")
    @Produces(NDJSON)
    @Operation(summary = "The history as a file that proves itself")
    @APIResponse(
            responseCode = "200",
            description = "One JSON object a line: a header, each revision, and an end with the hash of the last; see"
                    + " [audit](audit.md)",
            content = @Content(mediaType = NDJSON))
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public Response export(@QueryParam("from") @DefaultValue("1") String from, @QueryParam("to") @Nullable String to) {
        long newest = asOf.newest().revision();
        long last = to == null ? newest : AsOf.number("to", to, newest);
        long first = Requested.number("from", from);
        if (first < 1 || first > last + 1) {
            throw Refusal.badRequest(
                    "from", "is not from 1 to " + (last + 1), "name the first revision that the export shall hold");
        }
        StreamingOutput lines = out -> history.export(first, last, out);
        return Response.ok(lines, NDJSON)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"gatewright-audit-" + first + "-" + last + ".ndjson\"")
                .build();
    }

    @GET
    @Path("/verify")
    @Produces(MediaType.APPLICATION_JSON)
    @RunOnVirtualThread
    @Operation(summary = "Recomputes the chain of hashes over the database, and compares the documents of now with it")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{intact: true, revisions, head}`, or `{intact: false, revision, why}` with the first revision that"
                            + " was altered")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public String verify() {
        return json(history.verify()).toString();
    }

    private static ObjectNode json(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Intact intact ->
                Json.object().put("intact", true).put("revisions", intact.to()).put("head", intact.head());
            case Verdict.Altered altered ->
                Json.object()
                        .put("intact", false)
                        .put("revision", altered.revision())
                        .put("why", altered.why());
            case Verdict.Unknown unknown -> Json.object().put("intact", false).put("why", unknown.why());
        };
    }
}
