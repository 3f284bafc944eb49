package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.History;
import io.gatewright.registry.RevisionHeader;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Explanation;
import io.gatewright.settings.Key;
import io.gatewright.settings.Scope;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** What counts, and why. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
public class EffectiveResource {
    private final AsOf asOf;
    private final History history;

    public EffectiveResource(AsOf asOf, History history) {
        this.asOf = asOf;
        this.history = history;
    }

    @GET
    @Path("/effective")
    @Operation(summary = "The values that count for a tenant, anywhere, on a module or on a route")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{tenant, revision, values: {key: value}}`, with `blame=true` also `blame: {key: [{scope, value,"
                            + " outcome, revision, at, actor, reason}]}`: the scopes that made the value, from broad to narrow,"
                            + " none when it is the default")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public String effective(
            @QueryParam("tenant") @Nullable String tenant,
            @QueryParam("module") @Nullable String module,
            @QueryParam("route") @Nullable String route,
            @QueryParam("at") @Nullable String at,
            @QueryParam("blame") @Nullable String blame) {
        boolean blamed = Requested.flag("blame", blame);
        Settings settings = asOf.settings(at);
        String id = Requested.tenant(settings, tenant);
        What what = Requested.what(settings, module, route);
        ObjectNode json = Json.object().put("tenant", id).put("revision", settings.revision());
        json.set("values", settings.effective(id, what).toJson());
        if (blamed) {
            json.set("blame", Blame.of(settings, id, what, history));
        }
        return json.toString();
    }

    @GET
    @Path("/explain")
    @Operation(summary = "Why a key has its value for a tenant")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{tenant, key, revision, describe, default, effective, clampedBy, lockedBy, steps: [{scope, value,"
                            + " locked, min, max, outcome, by, revision, at, actor, reason}]}`: every scope that was looked at,"
                            + " from broad to narrow")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public String explain(
            @QueryParam("tenant") @Nullable String tenant,
            @QueryParam("key") @Nullable String key,
            @QueryParam("module") @Nullable String module,
            @QueryParam("route") @Nullable String route,
            @QueryParam("at") @Nullable String at) {
        Settings settings = asOf.settings(at);
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
        putScope(json, "clampedBy", explanation.clampedBy());
        putScope(json, "lockedBy", explanation.lockedBy());
        Set<Long> revisions = explanation.steps().stream()
                .map(Explanation.Step::revision)
                .filter(revision -> revision > 0)
                .collect(Collectors.toSet());
        Map<Long, RevisionHeader> headers = history.headers(revisions);
        var steps = json.putArray("steps");
        explanation.steps().forEach(step -> steps.add(step(step, headers.get(step.revision()))));
        return json.toString();
    }

    static ObjectNode step(Explanation.Step step, @Nullable RevisionHeader header) {
        ObjectNode json = Json.object().put("scope", step.scope().toString());
        json.set("value", step.value());
        if (step.locked()) {
            json.put("locked", true);
        }
        if (step.min() != null) {
            json.set("min", step.min());
        }
        if (step.max() != null) {
            json.set("max", step.max());
        }
        json.put("outcome", step.outcome().name().toLowerCase(Locale.ROOT));
        putScope(json, "by", step.by());
        if (header != null) {
            json.put("revision", header.number())
                    .put("at", header.at().toString())
                    .put("actor", header.actor())
                    .put("reason", header.reason());
        }
        return json;
    }

    private static void putScope(ObjectNode json, String field, @Nullable Scope scope) {
        if (scope != null) {
            json.put(field, scope.toString());
        }
    }

    @GET
    @Path("/catalog")
    @Operation(summary = "Every key that can be set")
    @APIResponse(
            responseCode = "200",
            description = "`{keys: [{name, describe, policy, merge, bounds, sentence, default, schema, bodySchema}]}`")
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
                .put("bounds", key.ordered())
                .put("sensitive", key.sensitive())
                .put("sentence", key.sentence());
        json.set("default", key.type().write(key.defaultValue()));
        json.set("schema", key.type().schema());
        json.set("bodySchema", key.bodySchema());
        return json;
    }
}
