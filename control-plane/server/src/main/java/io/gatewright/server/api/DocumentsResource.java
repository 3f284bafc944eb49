package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.SettingsFeed;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** Documents of every kind. */
@Path("/v1/documents/{kind}")
@Produces(MediaType.APPLICATION_JSON)
public class DocumentsResource {
    private final SettingsFeed feed;
    private final Commits commits;

    public DocumentsResource(SettingsFeed feed, Commits commits) {
        this.feed = feed;
        this.commits = commits;
    }

    @GET
    public String all(@PathParam("kind") String kind) {
        Settings settings = feed.current();
        ObjectNode json = Json.object().put("revision", settings.revision());
        var documents = json.putArray("documents");
        settings.all(kind(kind)).forEach(document -> documents.add(Answers.document(document)));
        return json.toString();
    }

    @GET
    @Path("/{id:.+}")
    public Response one(@PathParam("kind") String kind, @PathParam("id") String id) {
        DocumentKey key = new DocumentKey(kind(kind), id);
        Document document = feed.current().get(key);
        if (document == null) {
            throw Refusal.notFound("id", "document " + key, "see /v1/documents/" + kind);
        }
        return Answers.ofDocument(document);
    }

    @PUT
    @Path("/{id:.+}")
    @Consumes(MediaType.WILDCARD)
    public Response put(
            @PathParam("kind") String kind,
            @PathParam("id") String id,
            @Context HttpHeaders headers,
            InputStream body) {
        return commits.one(new DocumentKey(kind(kind), id), Json.read(body), headers);
    }

    @DELETE
    @Path("/{id:.+}")
    public Response delete(@PathParam("kind") String kind, @PathParam("id") String id, @Context HttpHeaders headers) {
        return commits.one(new DocumentKey(kind(kind), id), null, headers);
    }

    private static Kind kind(String name) {
        return Kind.of(name)
                .orElseThrow(
                        () -> Refusal.notFound("kind", "kind " + name + " of documents", "use one of " + Kind.names()));
    }
}
