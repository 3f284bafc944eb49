package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.kong.BundleDifference;
import io.gatewright.reference.Verdict;
import io.gatewright.registry.DocumentChange;
import io.gatewright.server.preview.Counted;
import io.gatewright.server.preview.Preview;
import io.gatewright.server.preview.ResourceChange;
import io.gatewright.settings.Scope;
import io.gatewright.settings.What;
import io.gatewright.settings.Who;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A preview as an answer. */
final class PreviewJson {
    private PreviewJson() {}

    /** @param nodes the ids of the Envoys that are connected */
    static ObjectNode write(
            long revision, List<DocumentChange> changes, Preview preview, int limit, List<String> nodes) {
        ObjectNode json = Json.object().put("revision", revision).put("stored", false);
        ArrayNode documents = list(json, "documents", changes.size());
        changes.stream().limit(limit).forEach(change -> documents.add(document(change)));
        json.put("tenants", preview.tenants());
        ArrayNode values = list(json, "values", preview.valuesInAll());
        preview.values().forEach(group -> values.add(value(group)));
        ObjectNode envoy = json.putArray("gateways").addObject().put("gateway", "envoy");
        nodes.forEach(envoy.putArray("nodes")::add);
        ArrayNode resources = list(envoy, "resources", preview.resourcesInAll());
        preview.resources().forEach(resource -> resources.add(resource(resource)));
        ArrayNode warnings = list(json, "warnings", preview.warningsInAll());
        preview.warnings()
                .forEach(group -> concerned(warnings.addObject(), group)
                        .put("type", word(group.finding().type()))
                        .put("message", group.finding().message()));
        ArrayNode requests = json.putArray("requests");
        preview.requests().forEach(judged -> requests.add(judged(judged)));
        return json;
    }

    /**
     * Adds what differs at Kongs, the removed entities first, and a warning for each tenant that cannot be made for them.
     *
     * @param nodes the names of the Kongs that answer
     */
    static void addKong(ObjectNode json, KongNodes.Foreseen foreseen, int limit, List<String> nodes) {
        BundleDifference difference = foreseen.difference();
        ObjectNode kong = json.withArray("gateways").addObject().put("gateway", "kong");
        nodes.forEach(kong.putArray("nodes")::add);
        ArrayNode entities = list(kong, "resources", difference.size());
        entities(entities, "removed", difference.deleting(), limit);
        entities(entities, "changed", difference.updating(), limit);
        entities(entities, "added", difference.creating(), limit);
        ObjectNode warnings = (ObjectNode) json.get("warnings");
        warnings.put(
                "count", warnings.path("count").intValue() + foreseen.failures().size());
        foreseen.failures().entrySet().stream().limit(limit).forEach(failure -> {
            ObjectNode warning = warnings.withArray("list").addObject().put("count", 1);
            warning.putArray("examples").add(failure.getKey());
            warning.put("type", "not-translated").put("message", "for Kong: " + failure.getValue());
        });
    }

    private static void entities(ArrayNode list, String change, List<String> names, int limit) {
        for (String name : names.subList(0, Math.min(names.size(), limit - list.size()))) {
            String[] typeAndName = name.split(" ", 2);
            list.addObject()
                    .put("type", typeAndName[0])
                    .put("name", typeAndName[1])
                    .put("change", change);
        }
    }

    /** {@code {"count": …, "list": […]}}: the count is of all. */
    private static ArrayNode list(ObjectNode json, String name, int count) {
        return json.putObject(name).put("count", count).putArray("list");
    }

    private static ObjectNode document(DocumentChange change) {
        ObjectNode json = Json.object()
                .put("kind", change.key().kind().wireName())
                .put("id", change.key().id());
        json.set("old", change.oldBody());
        json.set("new", change.newBody());
        return json;
    }

    private static ObjectNode value(Counted.Group<Preview.Value> group) {
        Preview.Value value = group.finding();
        ObjectNode json = Json.object().put("key", value.key().name());
        if (!value.what().equals(What.ANY)) {
            json.put("where", new Scope(Who.GLOBAL, value.what()).toString());
        }
        json.set("before", value.before());
        json.set("after", value.after());
        return concerned(json, group);
    }

    private static ObjectNode concerned(ObjectNode json, Counted.Group<?> group) {
        json.put("count", group.concerned());
        group.examples().forEach(json.putArray("examples")::add);
        return json;
    }

    private static ObjectNode resource(ResourceChange change) {
        String what = change.bytesBefore() == 0 ? "added" : change.bytesAfter() == 0 ? "removed" : "changed";
        ObjectNode json = Json.object()
                .put("type", word(change.key().type()))
                .put("name", change.key().name())
                .put("change", what)
                .put("bytesBefore", change.bytesBefore())
                .put("bytesAfter", change.bytesAfter());
        change.difference().forEach(json.putArray("difference")::add);
        return json;
    }

    private static ObjectNode judged(Preview.Judged judged) {
        ObjectNode json = Json.object()
                .put("method", judged.sample().method())
                .put("host", judged.sample().host())
                .put("path", judged.sample().path())
                .put("differs", judged.differs());
        json.set("before", verdict(judged.before()));
        json.set("after", verdict(judged.after()));
        return json;
    }

    private static ObjectNode verdict(Verdict verdict) {
        ObjectNode json = Json.object().put("status", verdict.status());
        putText(json, "problem", verdict.problem());
        json.put("reason", verdict.reason()).put("passedOn", verdict.passedOn());
        putText(json, "tenant", verdict.tenant());
        putText(json, "org", verdict.org());
        putText(json, "actor", verdict.actor());
        putText(json, "route", verdict.route());
        ObjectNode headers = json.putObject("headers");
        new TreeMap<>(verdict.upstream()).forEach(headers::put);
        Verdict.Limit limit = verdict.limit();
        if (limit != null) {
            ObjectNode counted = json.putObject("limit")
                    .put("counter", limit.counter())
                    .put("mode", limit.mode())
                    .put("requests", limit.requests())
                    .put("period", limit.period());
            if (limit.actorRequests() != null) {
                counted.put("actorRequests", limit.actorRequests());
            }
        }
        json.put("correlation", word(verdict.correlation()));
        putText(json, "allowedOrigin", verdict.allowedOrigin());
        return json;
    }

    private static void putText(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
