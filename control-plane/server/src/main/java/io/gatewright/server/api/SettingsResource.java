package io.gatewright.server.api;

import io.gatewright.registry.SettingsFeed;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** The value of a key at a scope: the id is {@code SCOPE/KEY}, as in {@code /v1/settings/tenant=acme-de,route=orders/create/rate-limit.requests}. */
@Path("/v1/settings/{id:.+}")
@Produces(MediaType.APPLICATION_JSON)
public class SettingsResource {
    private final SettingsFeed feed;
    private final Commits commits;

    public SettingsResource(SettingsFeed feed, Commits commits) {
        this.feed = feed;
        this.commits = commits;
    }

    @GET
    public Response get(@PathParam("id") String id) {
        Document document = feed.current().get(key(id));
        if (document == null) {
            throw Refusal.notFound("id", "setting " + id, "see /v1/documents/setting");
        }
        return Answers.ofDocument(document);
    }

    @PUT
    @Consumes(MediaType.WILDCARD)
    public Response put(@PathParam("id") String id, @Context HttpHeaders headers, InputStream body) {
        return commits.one(key(id), Json.read(body), headers);
    }

    @DELETE
    public Response delete(@PathParam("id") String id, @Context HttpHeaders headers) {
        return commits.one(key(id), null, headers);
    }

    private static DocumentKey key(String id) {
        return new DocumentKey(Kind.SETTING, id);
    }
}
