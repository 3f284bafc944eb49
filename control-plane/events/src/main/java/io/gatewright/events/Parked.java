package io.gatewright.events;

import java.time.Instant;

/**
 * A lane that stands still for one consumer. Immutable.
 *
 * @param position no event of the lane before this offset is waiting
 * @param queued how many events of the lane the consumer has passed and not handled
 * @param attempts how often the first of them failed
 * @param dead whether it waits for an operator; otherwise it is tried again by itself
 * @param reason of the last failure
 */
public record Parked(Lane lane, long position, long queued, int attempts, boolean dead, String reason, Instant since) {}
