package io.gatewright.kong;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.TreeSet;

/** Tells through the proxy's port which bundle a Kong serves. Needs no token, since it says nothing else. */
final class Beacon {
    static final String PATH = "/.well-known/gatewright";

    private Beacon() {}

    static Entity route(long revision, String digest) {
        Provenance provenance = new Provenance(revision, null, null, new TreeSet<>());
        ObjectNode fields = Json.object().put("name", Names.BEACON).put("strip_path", false);
        fields.set("methods", Json.array(List.of("GET", "HEAD")));
        fields.set("paths", Json.array(List.of("~" + Routes.quoted(PATH) + "$")));
        fields.set("protocols", Json.array(List.of("http", "https")));
        ObjectNode config = Json.object()
                .put("status_code", 200)
                .put("content_type", "application/json")
                .put("body", answer(revision, digest));
        return new Entity(
                EntityType.ROUTE,
                Names.BEACON,
                fields,
                provenance,
                List.of(Plugins.inRoute("request-termination", Names.BEACON, config, provenance)));
    }

    static String answer(long revision, String digest) {
        return "{\"revision\":%d,\"digest\":\"%s\"}".formatted(revision, digest);
    }
}
