package io.gatewright.api;

import io.gatewright.demo.StubIssuer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Somebody with a token of an issuer who calls a control plane. Thread-safe.
 *
 * @param authorization the header's value
 */
record Person(Plane plane, String authorization) {

    /** @param orgs {@code *}, or ids with blanks between them, or empty for none */
    static Person with(Plane plane, StubIssuer issuer, String name, String orgs, String... roles) {
        Map<String, Object> claims = new HashMap<>(Map.of(
                "preferred_username",
                name,
                "realm_access",
                Map.of("roles", Stream.of(roles).map(role -> "gateway-" + role).toList())));
        if (!orgs.isEmpty()) {
            claims.put("gateway_orgs", List.of(orgs.split(" ", -1)));
        }
        return new Person(plane, "Bearer " + issuer.token("id-of-" + name, claims));
    }

    Answer send(String method, String path, @Nullable String body, String... headers) {
        List<String> all = new ArrayList<>(List.of("Authorization", authorization));
        all.addAll(List.of(headers));
        return plane.send(method, path, body, all.toArray(String[]::new));
    }

    Answer get(String path) {
        return send("GET", path, null);
    }

    Answer post(String path) {
        return send("POST", path, null);
    }

    /** Commits changes, each an object, in one change set. */
    Answer commit(String... changes) {
        return send("POST", "/v1/changesets", "{'reason':'test','changes':[" + String.join(",", changes) + "]}");
    }

    /** The change of a setting to a value. */
    static String setting(String id, String value) {
        return "{'kind':'setting','id':'" + id + "','body':{'value':" + value + "}}";
    }
}
