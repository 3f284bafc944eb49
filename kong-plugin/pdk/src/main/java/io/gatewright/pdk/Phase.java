package io.gatewright.pdk;

import java.util.Locale;
import java.util.Optional;

/** The phases in which Kong calls an external plugin. Immutable. */
public enum Phase {
    /** A TLS handshake, before there is a request. Only for plugins that are configured globally. */
    CERTIFICATE,
    /** Before the route is known. Only for plugins that are configured globally. */
    REWRITE,
    /** Before the request goes upstream. */
    ACCESS,
    /**
     * The whole response is there and nothing of it has been sent. A plugin with this phase makes Kong hold responses back;
     * Kong skips it for upgrades, errors of its own and what another plugin answered.
     */
    RESPONSE,
    /** A TCP or TLS stream begins. */
    PREREAD,
    /** The client has its answer. Kong may drop it under overload. */
    LOG;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The name in Kong, such as {@code access}. */
    public String wireName() {
        return wireName;
    }

    /** The phase with this name in Kong. */
    public static Optional<Phase> named(String wireName) {
        for (Phase phase : values()) {
            if (phase.wireName.equals(wireName)) {
                return Optional.of(phase);
            }
        }
        return Optional.empty();
    }
}
