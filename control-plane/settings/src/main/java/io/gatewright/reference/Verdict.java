package io.gatewright.reference;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request gets. Immutable.
 *
 * @param status of the answer; 200 for a request that is passed on, whatever the upstream makes of it
 * @param problem the last part of the problem type, {@code token-required}; null when the request is not refused
 * @param reason which rule decided, in a sentence
 * @param tenant whose policy was applied, or null when none was found
 * @param org of that tenant
 * @param actor of the verified token
 * @param route what was asked for: {@code module=orders} or {@code route=orders/create}, or null
 * @param upstream the identity headers that the upstream gets; empty when the request is not passed on
 * @param limit the limit that it counts against, or null when it does not get as far as that
 * @param correlation what becomes of the correlation id
 * @param allowedOrigin the origin that may read the answer, or null
 */
public record Verdict(
        int status,
        @Nullable String problem,
        String reason,
        @Nullable String tenant,
        @Nullable String org,
        @Nullable String actor,
        @Nullable String route,
        Map<String, String> upstream,
        @Nullable Limit limit,
        CorrelationId correlation,
        @Nullable String allowedOrigin) {

    /** Whether the upstream sees the request. */
    public boolean passedOn() {
        return !upstream.isEmpty();
    }

    /** What becomes of the correlation id. */
    public enum CorrelationId {
        /** The client's is kept. */
        KEPT,
        /** A new one is made. */
        MADE,
        /** The answer has none, since the request could not be read. */
        NONE
    }

    /**
     * A limit that requests are counted against.
     *
     * @param counter what counts together: {@code tenant=acme-de}, or that with a module or route of its own
     * @param mode {@code enforce} or {@code shadow}
     * @param requests in a period, at least 1
     * @param period ISO 8601
     * @param actorRequests of each actor in the same period; null: no limit of their own
     */
    public record Limit(
            String counter,
            String mode,
            long requests,
            String period,
            @Nullable Long actorRequests) {}
}
