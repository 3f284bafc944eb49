package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.KeyFetch;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.server.keys.SigningKeyJob;
import io.gatewright.settings.Body.SigningKeys;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** The signing keys of each issuer, when it was asked for them, and what went wrong. */
@Path("/v1/signing-keys")
@Produces(MediaType.APPLICATION_JSON)
public class SigningKeysResource {
    private final SettingsFeed feed;
    private final SigningKeyJob job;

    public SigningKeysResource(SettingsFeed feed, SigningKeyJob job) {
        this.feed = feed;
        this.job = job;
    }

    @GET
    @RunOnVirtualThread
    @Operation(summary = "The signing keys of each issuer, when it was asked for them, and what went wrong")
    @APIResponse(
            responseCode = "200",
            description = "`{issuers: [{issuer, askedAt, askedBy, succeededAt, failingSince, failure, keys: [{kid, alg,"
                    + " leavesAt}]}]}`; `failure` only while the last time was one, `leavesAt` only of a key that the"
                    + " issuer no longer publishes")
    public String all() {
        Settings settings = feed.current();
        Map<String, KeyFetch> fetches =
                job.fetches().stream().collect(Collectors.toMap(KeyFetch::issuer, Function.identity()));
        ObjectNode json = Json.object();
        var issuers = json.putArray("issuers");
        settings.ids(Kind.ISSUER).stream().sorted().forEach(id -> issuers.add(issuer(settings, id, fetches.get(id))));
        return json.toString();
    }

    @POST
    @Path("/{issuer}/refresh")
    @RunOnVirtualThread
    @Operation(summary = "Asks an issuer for its signing keys now, at most every 30 seconds")
    @APIResponse(
            responseCode = "200",
            description = "The issuer as in the list, and `asked`: false when it was asked less than 30 seconds ago")
    @APIResponse(responseCode = "404", ref = "not-found")
    public String refresh(@PathParam("issuer") String issuer) throws InterruptedException {
        if (!feed.current().ids(Kind.ISSUER).contains(issuer)) {
            throw Refusal.notFound("issuer", "issuer " + issuer, "see /v1/documents/issuer");
        }
        boolean asked = job.askNow(issuer);
        feed.look();
        KeyFetch fetch = job.fetches().stream()
                .filter(row -> row.issuer().equals(issuer))
                .findFirst()
                .orElse(null);
        return issuer(feed.current(), issuer, fetch).put("asked", asked).toString();
    }

    private static ObjectNode issuer(Settings settings, String id, @Nullable KeyFetch fetch) {
        ObjectNode json = Json.object().put("issuer", id);
        if (fetch != null) {
            json.put("askedAt", fetch.askedAt().toString()).put("askedBy", fetch.askedBy());
            put(json, "succeededAt", fetch.succeededAt());
            put(json, "failingSince", fetch.failingSince());
            put(json, "failure", fetch.failure());
        }
        var list = json.putArray("keys");
        SigningKeys keys = settings.body(SigningKeys.class, Kind.SIGNING_KEYS, id);
        if (keys != null) {
            keys.keys().forEach(key -> {
                String kid = key.path("kid").asText();
                ObjectNode entry = list.addObject().put("kid", kid);
                put(entry, "alg", key.path("alg").textValue());
                put(entry, "leavesAt", keys.leaving().get(kid));
            });
        }
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value.toString());
        }
    }
}
