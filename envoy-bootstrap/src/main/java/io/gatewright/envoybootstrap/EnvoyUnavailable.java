package io.gatewright.envoybootstrap;

import org.jspecify.annotations.Nullable;

/** An Envoy could not be brought, started or asked. The message is one sentence for a person and says what to do. */
public final class EnvoyUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    EnvoyUnavailable(String message) {
        this(message, null);
    }

    EnvoyUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
