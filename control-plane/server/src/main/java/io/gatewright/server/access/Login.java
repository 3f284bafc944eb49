package io.gatewright.server.access;

/** How callers show who they are. Immutable. */
public sealed interface Login {

    /** By the token of this machine; whoever has it may do everything. Only on loopback. */
    record Local(LocalToken token) implements Login {}

    /** By a token of an OpenID Connect issuer, which says what they may do. */
    record Issuer(Claims claims) implements Login {}
}
