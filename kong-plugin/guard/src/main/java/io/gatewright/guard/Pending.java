package io.gatewright.guard;

import io.gatewright.guard.http.RequestHead;
import io.gatewright.guard.store.Claim;
import io.gatewright.guard.store.Leasing;
import io.gatewright.guard.store.Sight;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way, for the one who sees its answer. Immutable.
 *
 * @param claim null when no key of it counts
 * @param status what {@code Idempotency-Status} says of a request without a claim, empty for nothing
 * @param sentAt by the gateway's clock, for events only
 * @param lease of the resource that it writes, null where resources have no ledger
 * @param sight of the resource that it reads, null when its answer can tell nothing new
 */
public record Pending(
        RequestHead head,
        Caller caller,
        GuardPolicy policy,
        @Nullable Claim claim,
        String status,
        Instant sentAt,
        Leasing.@Nullable Leased lease,
        @Nullable Sight sight) {
    Pending(RequestHead head, Caller caller, GuardPolicy policy, @Nullable Claim claim, String status, Instant sentAt) {
        this(head, caller, policy, claim, status, sentAt, null, null);
    }

    Pending with(Leasing.Leased taken) {
        return new Pending(head, caller, policy, claim, status, sentAt, taken, null);
    }

    Pending with(Sight seen) {
        return new Pending(head, caller, policy, claim, status, sentAt, null, seen);
    }

    /** Whether a key of it counts. */
    public boolean isClaimed() {
        return claim != null;
    }

    /** Whether it writes alone, until its end is told. */
    public boolean isLeased() {
        return lease != null;
    }

    /** Whether it must be shown to {@link Guard#onResponse} however it ends, on a thread that may wait for the store. */
    public boolean concernsStore() {
        return claim != null || lease != null || sight != null;
    }
}
