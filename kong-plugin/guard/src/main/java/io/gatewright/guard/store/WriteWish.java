package io.gatewright.guard.store;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The wish to write a resource alone. Immutable.
 *
 * @param attempt minted by the gateway before it asks, so that asking again is the same wish
 * @param resource under every pepper, the newest first
 * @param lease how long the answer is waited for; without one the resource is quarantined then
 * @param bound how long after that the upstream may still work on it at most
 * @param match strong tags as in a field, or a star alone, one of which must be the current one; null without that condition
 * @param noneMatch tags, or a star alone, none of which may be the current one; null without that condition
 */
public record WriteWish(
        UUID attempt,
        List<ScopedKey> resource,
        Duration lease,
        Duration bound,
        @Nullable List<String> match,
        @Nullable List<String> noneMatch) {}
