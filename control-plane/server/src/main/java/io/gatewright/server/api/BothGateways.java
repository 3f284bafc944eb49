package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The syncs of Envoys and of Kongs, which are a row each, as one answer. */
final class BothGateways {
    /** The graver first. A kind of gateway of which none is there does not count beside one that is. */
    private static final List<String> OUTCOMES =
            List.of("failed", "timed-out", "rejected", "running", "proven", "planned", "no-gateways");

    private BothGateways() {}

    /** Adds what Kongs came to; the id stays that of the Envoys' row. */
    static ObjectNode of(ObjectNode envoys, ObjectNode kongs) {
        ObjectNode both = envoys.deepCopy();
        for (String list : List.of("resources", "drifted", "quarantined", "nodes")) {
            kongs.path(list).forEach(both.withArray(list)::add);
        }
        for (String count : List.of("changed", "drift")) {
            both.put(count, envoys.path(count).asInt() + kongs.path(count).asInt());
        }
        both.put(
                "outcome",
                graver(envoys.path("outcome").asText(), kongs.path("outcome").asText()));
        if (kongs.hasNonNull("id")) {
            both.set("kongId", kongs.get("id"));
        }
        return both;
    }

    private static String graver(String one, String other) {
        return OUTCOMES.get(Math.min(OUTCOMES.indexOf(one), OUTCOMES.indexOf(other)));
    }
}
