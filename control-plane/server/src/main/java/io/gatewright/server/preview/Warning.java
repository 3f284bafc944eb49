package io.gatewright.server.preview;

/**
 * Something that is allowed but should be meant. Immutable; equal when it says the same.
 *
 * @param message one sentence
 */
public record Warning(Type type, String message) {

    /** What is warned of, the graver first. */
    public enum Type {
        /** Requests are accepted without a token. */
        TOKEN_NOT_REQUIRED,
        /** Pages may call with cookies and credentials. */
        OPENS_CREDENTIALS,
        /** A token is required, but none is accepted. */
        NO_ISSUER,
        /** Tokens of an accepted issuer are refused, since its keys are not known. */
        ISSUER_WITHOUT_KEYS,
        /** A tenant is suspended or removed: all its requests are refused. */
        TENANT_CLOSED,
        /** Requests that passed may be refused. */
        LIMIT_LOWERED,
        /** Nothing is refused any more. */
        LIMIT_OFF,
        /** What a narrower scope says does not count any more as it stands. */
        OVERRULED,
        /** Connections are drained, since a listener changes. */
        DRAINS,
        /** The resources of a tenant cannot be made; it would keep its last good ones. */
        NOT_TRANSLATED
    }
}
