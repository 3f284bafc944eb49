package io.gatewright.guard;

import io.gatewright.guard.http.RequestHead;
import io.gatewright.guard.store.Claim;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way, for the one who sees its answer. Immutable.
 *
 * @param claim null when no key of it counts
 * @param status what {@code Idempotency-Status} says of a request without a claim, empty for nothing
 * @param sentAt by the gateway's clock, for events only
 */
public record Pending(
        RequestHead head,
        Caller caller,
        GuardPolicy policy,
        @Nullable Claim claim,
        String status,
        Instant sentAt) {
    /** Whether it must be shown to {@link Guard#onResponse} however it ends. */
    public boolean isClaimed() {
        return claim != null;
    }
}
