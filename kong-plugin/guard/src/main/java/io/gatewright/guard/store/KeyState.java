package io.gatewright.guard.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a key. Immutable.
 *
 * @param status of the kept answer, 0 when there is none
 * @param since when it got into this state
 * @param cause why nobody knows the outcome, or who settled it and why, else null
 */
public record KeyState(
        State state,
        int status,
        Instant created,
        Instant since,
        Instant expires,
        String route,
        String correlationId,
        @Nullable String cause) {
    /** As callers meet it: a lease or an answer whose time is over counts as such. */
    public enum State {
        IN_PROGRESS,
        DONE,
        RELEASED,
        UNKNOWN,
        EXPIRED
    }
}
