package io.gatewright.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When an issuer was last asked for its signing keys, and what came of it. Immutable; times are the database's.
 *
 * @param askedBy the replica
 * @param endedAt null, or before {@code askedAt}: it is being asked, or the replica ended meanwhile
 * @param succeededAt when its keys were last fetched; null: never
 * @param failingSince of the failures in a row; null: the last time was none
 * @param failure what went wrong the last time, in a sentence
 */
public record KeyFetch(
        String issuer,
        Instant askedAt,
        String askedBy,
        @Nullable Instant endedAt,
        @Nullable Instant succeededAt,
        @Nullable Instant failingSince,
        @Nullable String failure) {}
