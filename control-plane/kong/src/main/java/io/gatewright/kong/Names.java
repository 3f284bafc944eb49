package io.gatewright.kong;

/** What entities are called. A dot is in no id of the registry, so these cannot collide. */
final class Names {
    private Names() {}

    static String service(String module) {
        return module;
    }

    /** A module's route, or the one for all other paths of the module. */
    static String route(String module, String route) {
        return route.isEmpty() ? module : module + "." + route;
    }

    static String upstream(String module) {
        return module + ".upstream";
    }

    static String tenant(String id) {
        return id;
    }

    /** The consumer of all tenants whose tokens one issuer signs. */
    static String issuer(String id) {
        return "issuer." + id;
    }

    /** The consumer of requests without a token, where none is needed. */
    static final String ANONYMOUS = "gatewright.anonymous";

    static final String BEACON = "gatewright.beacon";
}
