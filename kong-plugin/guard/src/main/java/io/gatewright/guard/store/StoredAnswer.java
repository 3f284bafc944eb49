package io.gatewright.guard.store;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an answer. Immutable.
 *
 * @param status 200 to 599
 * @param fields those that a replay may show
 * @param body octets, or null when it was too large, streamed, or not seen
 * @param digest SHA-256 of the body as 32 octets, or null when it was not seen whole
 */
public record StoredAnswer(
        int status,
        Fields fields,
        @Nullable Octets body,
        @Nullable Octets digest) {}
