package io.gatewright.guard;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import org.jspecify.annotations.Nullable;

/** How a request ended that went to the upstream. Immutable. */
public sealed interface Ending {
    /**
     * The upstream answered.
     *
     * @param body null when it was not read: a stream, too large, or not wanted
     */
    record Answered(int status, Fields fields, @Nullable Octets body) implements Ending {}

    /** There is proof that no octet reached the upstream. */
    record NotSent() implements Ending {}

    /** It was sent, and no whole answer of the upstream was seen. */
    record Unknown(Cause cause) implements Ending {}

    /** Why nobody knows. */
    enum Cause {
        TIMEOUT,
        CONNECTION_LOST,
        SERVER_ERROR,
        GATEWAY_RESTARTED;

        /** As events have it. */
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }
}
