package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.History;
import io.gatewright.registry.RevisionHeader;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Explanation;
import io.gatewright.settings.Key;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Who is to ask about each effective value: by key, the scopes that made it, from broad to narrow. */
final class Blame {
    private Blame() {}

    /** A key of which no scope says anything has its default and an empty list. */
    static ObjectNode of(Settings settings, String tenant, What what, History history) {
        Map<Key<?>, List<Explanation.Step>> made = new LinkedHashMap<>();
        for (Key<?> key : Catalog.keys()) {
            made.put(key, makers(settings.explain(tenant, what, key)));
        }
        Map<Long, RevisionHeader> headers = history.headers(made.values().stream()
                .flatMap(Collection::stream)
                .map(Explanation.Step::revision)
                .collect(Collectors.toSet()));
        ObjectNode json = Json.object();
        made.forEach((key, steps) -> {
            ArrayNode list = json.putArray(key.name());
            steps.forEach(step -> list.add(EffectiveResource.step(step, headers.get(step.revision()))));
        });
        return json;
    }

    private static List<Explanation.Step> makers(Explanation explanation) {
        return explanation.steps().stream()
                .filter(step -> switch (step.outcome()) {
                    case COUNTS, CLAMPED, JOINED -> true;
                    case BOUNDS, SHADOWED -> step.scope().equals(explanation.clampedBy());
                    case UNSET, LOCKED -> false;
                })
                .toList();
    }
}
