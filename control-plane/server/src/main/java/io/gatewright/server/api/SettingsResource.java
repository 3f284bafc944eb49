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

/** The value of a key at a scope, {@code /v1/settings/tenant=acme-de,route=orders/create/rate-limit.requests}. */
@Path("/v1/settings/{scope:.+}/{key}")
@Produces(MediaType.APPLICATION_JSON)
public class SettingsResource {
    private final SettingsFeed feed;
    private final Commits commits;

    public SettingsResource(SettingsFeed feed, Commits commits) {
        this.feed = feed;
        this.commits = commits;
    }

    @GET
    public Response get(@PathParam("scope") String scope, @PathParam("key") String key) {
        Document document = feed.current().get(id(scope, key));
        if (document == null) {
            throw Refusal.notFound("setting of " + key + " at " + scope);
        }
        return Answers.ofDocument(document);
    }

    @PUT
    @Consumes(MediaType.WILDCARD)
    public Response put(
            @PathParam("scope") String scope,
            @PathParam("key") String key,
            @Context HttpHeaders headers,
            InputStream body) {
        return commits.one(id(scope, key), Json.read(body), headers);
    }

    @DELETE
    public Response delete(
            @PathParam("scope") String scope, @PathParam("key") String key, @Context HttpHeaders headers) {
        return commits.one(id(scope, key), null, headers);
    }

    private static DocumentKey id(String scope, String key) {
        return new DocumentKey(Kind.SETTING, scope + "/" + key);
    }
}
