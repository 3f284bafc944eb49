package io.gatewright.server.api;

import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** The value of a key at a scope: the id is {@code SCOPE/KEY}, as in {@code /v1/settings/tenant=acme-de,route=orders/create/rate-limit.requests}. */
@Path("/v1/settings/{id:.+}")
@Produces(MediaType.APPLICATION_JSON)
public class SettingsResource {
    private final AsOf asOf;
    private final Commits commits;

    public SettingsResource(AsOf asOf, Commits commits) {
        this.asOf = asOf;
        this.commits = commits;
    }

    @GET
    @Operation(summary = "The value of a key at a scope")
    @APIResponse(responseCode = "200", description = "`{kind, id, version, body: {value, locked, min, max}}`")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public Response get(@PathParam("id") String id, @QueryParam("at") @Nullable String at) {
        Document document = asOf.settings(at).get(key(id));
        if (document == null) {
            throw Refusal.notFound("id", "setting " + id, "see /v1/documents/setting");
        }
        return Answers.ofDocument(document);
    }

    @PUT
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Sets a key at a scope")
    @RequestBody(description = "`{value}`, with `locked`, `min` and `max` for narrower scopes")
    @APIResponse(responseCode = "200", description = Answers.WRITTEN)
    @APIResponse(responseCode = "202", description = Answers.WAITS)
    @APIResponse(responseCode = "413", ref = "body-too-large")
    @APIResponse(responseCode = "428", ref = "precondition-required")
    public Response put(@PathParam("id") String id, @Context HttpHeaders headers, InputStream body) {
        return commits.one(key(id), Json.read(body), headers);
    }

    @DELETE
    @Operation(summary = "Takes back what a scope says of a key")
    @APIResponse(responseCode = "200", description = Answers.WRITTEN)
    @APIResponse(responseCode = "202", description = Answers.WAITS)
    @APIResponse(responseCode = "428", ref = "precondition-required")
    public Response delete(@PathParam("id") String id, @Context HttpHeaders headers) {
        return commits.one(key(id), null, headers);
    }

    private static DocumentKey key(String id) {
        return new DocumentKey(Kind.SETTING, id);
    }
}
