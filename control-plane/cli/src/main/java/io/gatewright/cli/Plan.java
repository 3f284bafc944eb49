package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What would make the registry say what files declare: the changes between the two, each of the version that was read, so
 * that nothing is written over unseen. One thread at a time.
 */
final class Plan {
    private static final Pattern NUMBERED = Pattern.compile("changes\\[(\\d+)](?:\\.(.*))?");

    private final Map<String, Declared> wanted = new LinkedHashMap<>();
    private final Map<String, JsonNode> held = new HashMap<>(); // of the wanted ones, as the registry has them
    private final List<JsonNode> others = new ArrayList<>(); // what only the registry has, without bodies
    private final long revision;

    /** Reads the registry. */
    Plan(Api api, List<Declared> documents) {
        documents.forEach(document -> wanted.put(document.name(), document));
        revision = RegistryExport.read(api, null, this::take);
    }

    private void take(JsonNode document) {
        String name = document.path("kind").asText() + "/" + document.path("id").asText();
        if (wanted.containsKey(name)) {
            held.put(name, document);
        } else {
            others.add(((ObjectNode) document).without("body"));
        }
    }

    /** The revision that it starts from. */
    long revision() {
        return revision;
    }

    /** How many documents the registry has that no file declares. */
    int undeclared() {
        return others.size();
    }

    /** @param prune whether to remove what no file declares */
    ArrayNode changes(boolean prune) {
        ArrayNode changes = JsonNodeFactory.instance.arrayNode();
        wanted.forEach((name, document) -> {
            @Nullable JsonNode now = held.get(name);
            boolean same =
                    now == null ? document.body().isNull() : now.path("body").equals(document.body());
            if (!same) {
                add(changes, document.kind(), document.id(), now, document.body());
            }
        });
        if (prune) {
            JsonNode nothing = JsonNodeFactory.instance.nullNode();
            others.forEach(other ->
                    add(changes, other.path("kind").asText(), other.path("id").asText(), other, nothing));
        }
        return changes;
    }

    private static void add(ArrayNode changes, String kind, String id, @Nullable JsonNode now, JsonNode body) {
        ObjectNode change = changes.addObject().put("kind", kind).put("id", id);
        change.put("expectedVersion", now == null ? 0 : now.path("version").asLong());
        change.set("body", body);
    }

    /** What the server said no to, with the place in the files for each of its problems. */
    Refusal refusal(Api.Answer answer, ArrayNode changes) {
        for (JsonNode problem : answer.body().path("problems")) {
            String field = problem.path("field").asText();
            Matcher numbered = NUMBERED.matcher(field);
            JsonNode change = numbered.matches() ? changes.path(Integer.parseInt(numbered.group(1))) : null;
            String name = change != null
                    ? change.path("kind").asText() + "/" + change.path("id").asText()
                    : field.replaceFirst("(?s): .*", "");
            String rest = change == null
                    ? field.substring(name.length())
                    : numbered.group(2) == null ? "" : ": " + numbered.group(2);
            ((ObjectNode) problem).put("field", place(name) + name + rest);
        }
        return Refusal.of(answer.status(), answer.body());
    }

    private String place(String name) {
        @Nullable Declared document = wanted.get(name);
        return document == null ? "" : document.place() + ": ";
    }
}
