package io.gatewright.registry;

import io.gatewright.audit.AuditChain;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who changed the registry when and why. Immutable.
 *
 * @param number from 1, without gaps, in the order of commits
 * @param at by the database's clock, in microseconds
 * @param previousHash of the revision before, 64 hexadecimal digits; zeros for the first
 * @param hash of this revision with its changes, see {@link AuditChain}
 */
public record RevisionHeader(
        long number,
        Instant at,
        String actor,
        String reason,
        @Nullable String correlationId,
        String previousHash,
        String hash) {
    RevisionHeader withHash(String other) {
        return new RevisionHeader(number, at, actor, reason, correlationId, previousHash, other);
    }
}
