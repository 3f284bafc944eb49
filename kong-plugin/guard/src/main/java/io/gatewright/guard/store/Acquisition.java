package io.gatewright.guard.store;

import java.time.Duration;
import java.time.Instant;

/** What the store says to an attempt. Immutable. */
public sealed interface Acquisition {
    /** It may run, and must be ended. */
    record Acquired(Claim claim) implements Acquisition {}

    /**
     * It has run. The answer's body is null when it was not kept.
     *
     * @param age since the answer was kept
     * @param expiresIn until it is not replayed any more
     * @param correlationId of the request that ran
     */
    record Done(StoredAnswer answer, Instant completedAt, Duration age, Duration expiresIn, String correlationId)
            implements Acquisition {}

    /** The key bears a time that is yet to come. */
    record FromTheFuture() implements Acquisition {}

    /** It has run and its time is over; or it is too old to be new. Then status is 0. */
    record Expired(int status, String location) implements Acquisition {}

    /** Another attempt runs. */
    record InProgress(Duration leaseLeft) implements Acquisition {}

    /** An attempt was dispatched and nobody knows how it ended. */
    record OutcomeUnknown(Instant since, String correlationId) implements Acquisition {}

    /** The key was used for another request. */
    record Mismatch() implements Acquisition {}

    /** The tenant holds as many keys as it may. */
    record QuotaExceeded(Duration retryAfter) implements Acquisition {}
}
