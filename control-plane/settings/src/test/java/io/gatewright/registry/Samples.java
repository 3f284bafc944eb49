package io.gatewright.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Change sets for tests, written short. */
final class Samples {
    static final String ORDERS = """
        {"prefix":"/orders","upstream":{"endpoints":["orders.internal:8080"]},
         "routes":[{"name":"create","methods":["POST"],"path":"/"}]}""";

    private Samples() {}

    static Changeset set(Change... changes) {
        return new Changeset("tester", "because the test says so", "c-1", List.of(changes));
    }

    /** A change of {@code kind/id}; body null removes. */
    static Change change(String key, @Nullable String body) {
        return change(key, null, body);
    }

    static Change change(String key, @Nullable Long expectedVersion, @Nullable String body) {
        return new Change(key(key), expectedVersion, body == null ? null : json(body));
    }

    static DocumentKey key(String key) {
        int slash = key.indexOf('/');
        return new DocumentKey(Kind.of(key.substring(0, slash)).orElseThrow(), key.substring(slash + 1));
    }

    static Change org(String id, String name) {
        return change("org/" + id, "{\"name\":\"" + name + "\"}");
    }

    static Change tenant(String id, String org, String... hosts) {
        String list = hosts.length == 0 ? "" : "\"" + String.join("\",\"", hosts) + "\"";
        return change("tenant/" + id, "{\"org\":\"" + org + "\",\"hosts\":[" + list + "]}");
    }

    static Change limit(String scope, long requests) {
        return change("setting/" + scope + "/rate-limit.requests", "{\"value\":" + requests + "}");
    }

    static JsonNode json(String text) {
        try {
            return Json.parse(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
