package io.gatewright.guard.store;

import io.gatewright.guard.http.Octets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The wish to run a request once. Immutable.
 *
 * @param id minted by the gateway before it asks, so that asking again is the same wish
 * @param former the same key under the peppers of before; where there is a claim under one of them, it is the one
 * @param fingerprint 32 octets, SHA-256 over what the request says
 * @param route {@code module/route}
 * @param correlationId of this request, kept for later ones
 * @param lease how long others wait for its end
 * @param ttl how long its answer is kept
 * @param takeover whether it may run although an earlier attempt ended unknown: only when the upstream knows the key too
 * @param mintedAt the time that the key itself bears, by the client's clock; null when it bears none. A key older than
 *     {@code ttl} is expired although nobody remembers it
 */
public record Attempt(
        UUID id,
        ScopedKey key,
        List<ScopedKey> former,
        Octets fingerprint,
        String route,
        String correlationId,
        Duration lease,
        Duration ttl,
        boolean takeover,
        @Nullable Instant mintedAt) {
    /** Under every pepper, the newest first. */
    List<ScopedKey> keys() {
        List<ScopedKey> keys = new ArrayList<>(former);
        keys.addFirst(key);
        return keys;
    }
}
