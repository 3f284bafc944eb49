package io.gatewright.settings;

import java.util.Locale;

/** The policies that settings feed. Immutable. */
public enum Policy {
    IDENTITY,
    CORS,
    RATE_LIMIT,
    IDEMPOTENCY,
    PRECONDITION,
    CORRELATION,
    HEADERS;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
