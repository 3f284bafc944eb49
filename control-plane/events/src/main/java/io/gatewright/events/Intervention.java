package io.gatewright.events;

import java.time.Instant;

/**
 * What an operator did with a parked lane. Immutable; kept as long as the database is.
 *
 * @param id rises with time
 * @param offset of the lane's first waiting event then
 */
public record Intervention(
        long id, Instant at, String actor, String reason, Action action, String consumer, Lane lane, long offset) {

    /** What can be done. */
    public enum Action {
        /** The lane is tried again. */
        REPLAY,
        /** Its first waiting event is given up. */
        DISCARD
    }

    /** Who does it, and why; neither is blank. */
    public record By(String actor, String reason) {
        /** @throws IllegalArgumentException when one is blank */
        public By {
            if (actor.isBlank() || reason.isBlank()) {
                throw new IllegalArgumentException("an intervention needs an actor and a reason");
            }
        }
    }
}
