package io.gatewright.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.Ports;
import java.util.List;

/** A registry of any number of tenants in the shape of the sample: eight modules, an org for each hundred tenants. Stateless. */
final class Fleet {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DOCUMENTS = 1000;
    private static final String[] MODULES = {
        "cockpit",
        "neukundengewinnung",
        "kundenmanagement",
        "auswertungen",
        "kommunikation",
        "einstellungen",
        "hilfe",
        "administration"
    };

    static final int MOST_MODULES = MODULES.length;

    private Fleet() {}

    static String tenant(int i) {
        return "t%06d".formatted(i);
    }

    /** Commits the modules and a listener. Returns the listener's port. */
    static int commitShared(ApiClient api, int upstreamPort) {
        int port = Ports.free();
        api.commit("modules and listener of the bench", shared(MODULES.length, upstreamPort, port));
        return port;
    }

    /** The first of the modules, and a listener. */
    static ArrayNode shared(int modules, int upstreamPort, int port) {
        ArrayNode documents = JSON.createArrayNode();
        for (String module : List.of(MODULES).subList(0, modules)) {
            ObjectNode body = add(documents, "module", module).put("prefix", "/api/" + module);
            body.putObject("upstream").putArray("endpoints").add("127.0.0.1:" + upstreamPort);
            ArrayNode routes = body.putArray("routes");
            for (String verb : new String[] {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
                ObjectNode route = routes.addObject().put("name", "item-" + verb.toLowerCase(java.util.Locale.ROOT));
                route.putArray("methods").add(verb);
                route.put("path", "/{id}");
            }
        }
        add(documents, "listener", "public").put("address", "127.0.0.1").put("port", port);
        return documents;
    }

    static void commitTenants(ApiClient api, int tenants) {
        ArrayNode documents = JSON.createArrayNode();
        for (int i = 0; i < tenants; i++) {
            addTenant(documents, i);
            if (documents.size() >= DOCUMENTS || i == tenants - 1) {
                api.commit("tenants of the bench", documents);
                documents = JSON.createArrayNode();
                if ((i + 1) % 1000 < 334 || i == tenants - 1) {
                    Progress.say((i + 1) + " of " + tenants + " tenants committed");
                }
            }
        }
    }

    /** The tenants from one to before another. */
    static ArrayNode tenants(int first, int end) {
        ArrayNode documents = JSON.createArrayNode();
        for (int i = first; i < end; i++) {
            addTenant(documents, i);
        }
        return documents;
    }

    /** Another limit for one tenant. */
    static ArrayNode limit(int tenant, int requests) {
        ArrayNode documents = JSON.createArrayNode();
        addLimit(documents, tenant, requests);
        return documents;
    }

    private static void addTenant(ArrayNode documents, int i) {
        String org = "org%04d".formatted(i / 100);
        if (i % 100 == 0) {
            add(documents, "org", org).put("name", org);
        }
        add(documents, "tenant", tenant(i)).put("org", org);
        ArrayNode origins = add(documents, "setting", "tenant=" + tenant(i) + "/cors.allowed-origins")
                .putArray("value");
        origins.add("https://" + tenant(i) + ".example.com");
        addLimit(documents, i, 1000);
    }

    private static void addLimit(ArrayNode documents, int tenant, int requests) {
        add(documents, "setting", "tenant=" + tenant(tenant) + "/rate-limit.requests")
                .put("value", requests);
    }

    static ObjectNode add(ArrayNode documents, String kind, String id) {
        return documents.addObject().put("kind", kind).put("id", id).putObject("body");
    }
}
