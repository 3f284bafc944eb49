package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.History;
import io.gatewright.registry.RevisionHeader;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Explanation;
import io.gatewright.settings.Key;
import io.gatewright.settings.Settings;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What counts, and why. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
public class EffectiveResource {
    private final SettingsFeed feed;
    private final History history;

    public EffectiveResource(SettingsFeed feed, History history) {
        this.feed = feed;
        this.history = history;
    }

    @GET
    @Path("/effective")
    public String effective(
            @QueryParam("tenant") @Nullable String tenant,
            @QueryParam("module") @Nullable String module,
            @QueryParam("route") @Nullable String route) {
        Settings settings = feed.current();
        String id = Requested.tenant(settings, tenant);
        ObjectNode json = Json.object().put("tenant", id).put("revision", settings.revision());
        json.set(
                "values",
                settings.effective(id, Requested.what(settings, module, route)).toJson());
        return json.toString();
    }

    @GET
    @Path("/explain")
    public String explain(
            @QueryParam("tenant") @Nullable String tenant,
            @QueryParam("key") @Nullable String key,
            @QueryParam("module") @Nullable String module,
            @QueryParam("route") @Nullable String route) {
        Settings settings = feed.current();
        String id = Requested.tenant(settings, tenant);
        if (key == null) {
            throw Refusal.badRequest("key", "is missing", "name the key, as in &key=rate-limit.requests");
        }
        Key<?> found = Catalog.find(key);
        if (found == null) {
            throw Refusal.notFound("key", "key " + key, "see /v1/catalog");
        }
        Explanation explanation = settings.explain(id, Requested.what(settings, module, route), found);
        ObjectNode json = Json.object()
                .put("tenant", id)
                .put("key", key)
                .put("revision", settings.revision())
                .put("describe", found.sentence());
        json.set("default", explanation.defaultValue());
        json.set("effective", explanation.effective());
        Set<Long> revisions = explanation.steps().stream()
                .map(Explanation.Step::revision)
                .filter(revision -> revision > 0)
                .collect(Collectors.toSet());
        Map<Long, RevisionHeader> headers = history.headers(revisions);
        var steps = json.putArray("steps");
        explanation.steps().forEach(step -> steps.add(step(step, headers.get(step.revision()))));
        return json.toString();
    }

    private static ObjectNode step(Explanation.Step step, @Nullable RevisionHeader header) {
        ObjectNode json = Json.object().put("scope", step.scope().toString());
        json.set("value", step.value());
        json.put("outcome", step.outcome().name().toLowerCase(Locale.ROOT));
        if (header != null) {
            json.put("revision", header.number())
                    .put("at", header.at().toString())
                    .put("actor", header.actor())
                    .put("reason", header.reason());
        }
        return json;
    }

    @GET
    @Path("/catalog")
    public String catalog() {
        ObjectNode json = Json.object();
        var keys = json.putArray("keys");
        Catalog.keys().forEach(key -> keys.add(catalogEntry(key)));
        return json.toString();
    }

    private static <T> ObjectNode catalogEntry(Key<T> key) {
        ObjectNode json = Json.object()
                .put("name", key.name())
                .put("describe", key.type().describe())
                .put("policy", key.policy().wireName())
                .put("merge", key.type().mergeRule())
                .put("sentence", key.sentence());
        json.set("default", key.type().write(key.defaultValue()));
        json.set("schema", key.type().schema());
        return json;
    }
}
