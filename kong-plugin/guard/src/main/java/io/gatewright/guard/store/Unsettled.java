package io.gatewright.guard.store;

import java.time.Instant;
import java.util.UUID;

/**
 * An attempt of which nobody knows how it ended, to be asked about. Immutable.
 *
 * @param head the first half of the key's hash, which with the tenant says which claim it is
 * @param route {@code module/route}, {@code module/} when only the module's prefix matched
 * @param asked how often its module was asked in vain
 * @param since when nobody waited for its answer any more, by the database's clock
 * @param at when it was taken, by the same clock: before the module was asked
 */
public record Unsettled(
        String tenant,
        UUID head,
        UUID attempt,
        long fence,
        String route,
        String correlationId,
        int asked,
        Instant since,
        Instant at) {}
