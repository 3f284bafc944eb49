package io.gatewright.kong;

/** The types of entities that a bundle has. Immutable. The order is that of the written files. */
public enum EntityType {
    CONSUMER("consumers"),
    JWT_SECRET("jwt_secrets"),
    PLUGIN("plugins"),
    ROUTE("routes"),
    SERVICE("services"),
    TARGET("targets"),
    UPSTREAM("upstreams");

    private final String list;

    EntityType(String list) {
        this.list = list;
    }

    /** The name of the list that holds entities of this type, in both files. */
    public String list() {
        return list;
    }
}
