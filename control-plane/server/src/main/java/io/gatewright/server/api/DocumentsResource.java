package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
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

/** Documents of every kind. */
@Path("/v1/documents/{kind}")
@Produces(MediaType.APPLICATION_JSON)
public class DocumentsResource {
    private final AsOf asOf;
    private final Commits commits;

    public DocumentsResource(AsOf asOf, Commits commits) {
        this.asOf = asOf;
        this.commits = commits;
    }

    @GET
    @Operation(summary = "All documents of a kind, sorted by id")
    @APIResponse(responseCode = "200", description = "`{revision, documents: [{kind, id, version, body}]}`")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public String all(@PathParam("kind") String kind, @QueryParam("at") @Nullable String at) {
        Settings settings = asOf.settings(at);
        ObjectNode json = Json.object().put("revision", settings.revision());
        var documents = json.putArray("documents");
        settings.all(kind(kind)).forEach(document -> documents.add(Answers.document(document)));
        return json.toString();
    }

    @GET
    @Path("/{id:.+}")
    @Operation(summary = "One document; its version is the ETag")
    @APIResponse(responseCode = "200", description = "`{kind, id, version, body}`")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public Response one(
            @PathParam("kind") String kind, @PathParam("id") String id, @QueryParam("at") @Nullable String at) {
        DocumentKey key = new DocumentKey(kind(kind), id);
        Document document = asOf.settings(at).get(key);
        if (document == null) {
            throw Refusal.notFound("id", "document " + key, "see /v1/documents/" + kind);
        }
        return Answers.ofDocument(document);
    }

    @PUT
    @Path("/{id:.+}")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Writes one document")
    @RequestBody(description = "The document's body, see [the kinds](settings.md)")
    @APIResponse(responseCode = "200", description = Answers.WRITTEN)
    @APIResponse(responseCode = "202", description = Answers.WAITS)
    @APIResponse(responseCode = "413", ref = "body-too-large")
    @APIResponse(responseCode = "428", ref = "precondition-required")
    public Response put(
            @PathParam("kind") String kind,
            @PathParam("id") String id,
            @Context HttpHeaders headers,
            InputStream body) {
        return commits.one(new DocumentKey(kind(kind), id), Json.read(body), headers);
    }

    @DELETE
    @Path("/{id:.+}")
    @Operation(summary = "Removes one document that no other refers to")
    @APIResponse(responseCode = "200", description = Answers.WRITTEN)
    @APIResponse(responseCode = "202", description = Answers.WAITS)
    @APIResponse(responseCode = "428", ref = "precondition-required")
    public Response delete(@PathParam("kind") String kind, @PathParam("id") String id, @Context HttpHeaders headers) {
        return commits.one(new DocumentKey(kind(kind), id), null, headers);
    }

    private static Kind kind(String name) {
        return Kind.of(name)
                .orElseThrow(
                        () -> Refusal.notFound("kind", "kind " + name + " of documents", "use one of " + Kind.names()));
    }
}
