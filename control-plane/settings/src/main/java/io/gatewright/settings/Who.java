package io.gatewright.settings;

/** Whom a setting is for, from broad to narrow. Immutable. */
public sealed interface Who {
    Who GLOBAL = new Global();

    /** Everybody. */
    record Global() implements Who {}

    /** All tenants of one organisation. */
    record Org(String id) implements Who {}

    /** One tenant. */
    record Tenant(String id) implements Who {}
}
