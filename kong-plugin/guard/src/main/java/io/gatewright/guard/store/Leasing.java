package io.gatewright.guard.store;

import java.time.Duration;
import java.util.UUID;

/** What the store says to the wish to write a resource alone. Immutable. */
public sealed interface Leasing {
    /**
     * It may be written, and the end must be told.
     *
     * @param resource the hash under which it is kept
     * @param fence given once: an end with an old one changes nothing
     * @param known whether anything was known of the resource, so that its condition was compared
     */
    record Leased(String tenant, UUID resource, long fence, boolean known) implements Leasing {}

    /** Somebody writes it. */
    record Busy(Duration leaseLeft) implements Leasing {}

    /**
     * Nobody knows how a write of it ended.
     *
     * @param boundLeft until a read can tell, zero or less when it can already
     */
    record Quarantined(Duration boundLeft) implements Leasing {}

    /**
     * The conditions do not hold.
     *
     * @param tag the current one, empty when there is none or it is not known
     */
    record Failed(String tag) implements Leasing {}

    /** How a write ended. */
    enum End {
        /** Nobody knows. */
        LOST,
        /** Nothing took effect. */
        KEPT,
        CHANGED,
        DELETED
    }
}
