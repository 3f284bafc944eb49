package io.gatewright.settings;

/** What a setting is about, from broad to narrow. Immutable. */
public sealed interface What {
    What ANY = new Any();

    /** Every module. */
    record Any() implements What {}

    /** One module with all its routes. */
    record Module(String id) implements What {}

    /** One route of a module. */
    record Route(String module, String name) implements What {}
}
