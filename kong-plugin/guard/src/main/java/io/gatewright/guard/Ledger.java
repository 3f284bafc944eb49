package io.gatewright.guard;

import io.gatewright.guard.EntityTag.Condition;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Leasing;
import io.gatewright.guard.store.Leasing.End;
import io.gatewright.guard.store.ScopedKey;
import io.gatewright.guard.store.Sight;
import io.gatewright.guard.store.StoreUnavailable;
import io.gatewright.guard.store.WriteWish;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares writes with the tags that resources have, and lets one write of a resource run at a time: where every writer passes
 * the gateway ({@code precondition.if-match} is {@code sole-writer}). Thread-safe; all but {@link #concerns} waits for the store.
 *
 * <p>A lease ends by an answer that was seen, never by time: a lost write may still land later, and what is known of the
 * resource would be wrong then. Such a resource waits for a read that was sent when the upstream, as its operator says, could
 * not work on that write any more.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    /** Within which a client must have sent its body; the time that the upstream has begins after it. */
    private static final Duration UPLOAD = Duration.ofSeconds(60);

    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Set<Integer> CURRENT = Set.of(200, 304);
    private static final Set<Integer> GONE = Set.of(404, 410);

    private final IdempotencyStore store;
    private final Completions completions;
    private final Pepper pepper;
    private final Tally tally;

    Ledger(IdempotencyStore store, Completions completions, Pepper pepper, Tally tally) {
        this.store = store;
        this.completions = completions;
        this.pepper = pepper;
        this.tally = tally;
    }

    /** Whether a request writes what has a ledger, or may tell something new of it. One with a query reads something else. */
    static boolean concerns(RequestHead head, GuardPolicy policy) {
        return policy.leases(head.method())
                || (policy.watches(head.method()) && head.query().isEmpty());
    }

    /** What becomes of a request that would run otherwise. Without a lease its claim is released. */
    Decision take(Pending pending) {
        if (pending.policy().leases(pending.head().method())) {
            return lease(pending);
        }
        try {
            Optional<Sight> sight = store.look(resource(pending));
            return new Decision.Proceed(sight.map(pending::with).orElse(pending));
        } catch (StoreUnavailable e) {
            tally.storeFailed(e);
            return new Decision.Proceed(pending); // a read asks for no promise
        }
    }

    private List<ScopedKey> resource(Pending pending) {
        return pepper.resource(
                pending.caller().tenant(), ResourcePath.of(pending.head().path()));
    }

    private Decision lease(Pending pending) {
        GuardPolicy policy = pending.policy();
        Fields fields = pending.head().fields();
        String correlation = pending.caller().correlationId();
        WriteWish wish = new WriteWish(
                pending.caller().attempt(),
                resource(pending),
                policy.lease().plus(UPLOAD),
                Objects.requireNonNull(policy.upstreamBound()),
                strong(fields.all("if-match")),
                strong(fields.all("if-none-match")));
        try {
            return switch (store.lease(wish)) {
                case Leasing.Leased leased -> new Decision.Proceed(pending.with(leased));
                case Leasing.Busy busy ->
                    refuse(
                            pending,
                            Problem.RESOURCE_BUSY.reply(
                                    correlation, "Another write of this resource runs; ask again.", ASK_AGAIN));
                case Leasing.Quarantined quarantined ->
                    refuse(
                            pending,
                            Problem.RESOURCE_BUSY.reply(
                                    correlation,
                                    "Nobody knows how the last write of this resource ended; read it when the time in Retry-After is over, then write.",
                                    quarantined.boundLeft()));
                case Leasing.Failed failed -> refuse(pending, failed(correlation, failed.tag()));
            };
        } catch (StoreUnavailable e) {
            tally.storeFailed(e);
            if (e.isAmbiguous()) {
                completions.abandon(wish);
            }
            return refuse(
                    pending,
                    Problem.STORE_UNAVAILABLE.reply(
                            correlation,
                            "Whether somebody else writes this resource cannot be told at the moment, so the request was not sent on; repeat it.",
                            ASK_AGAIN));
        }
    }

    private static Reply failed(String correlation, String tag) {
        Reply reply = Problem.PRECONDITION_FAILED.reply(
                correlation,
                "The resource was changed since, or is not in the state that the condition says; read it again.");
        return tag.isEmpty() ? reply : new Reply(reply.status(), reply.fields().plus("etag", tag), reply.body());
    }

    private Decision refuse(Pending pending, Reply reply) {
        if (pending.claim() != null) {
            completions.release(pending.claim());
        }
        tally.refused(reply);
        return new Decision.Answer(reply);
    }

    /** As they stand in a field; weak ones never match a tag that is kept. Conditions that cannot be read were refused before. */
    private static @Nullable List<String> strong(List<String> lines) {
        if (lines.isEmpty()) {
            return null;
        }
        Condition condition = EntityTag.condition(lines).orElseThrow();
        return condition.any()
                ? List.of("*")
                : condition.tags().stream()
                        .filter(tag -> !tag.weak())
                        .map(EntityTag::text)
                        .toList();
    }

    /**
     * Keeps what the end of a request says of its resource.
     *
     * @param given what the client's answer differs in: a tag that was made here counts for the upstream's
     */
    void end(Pending pending, Ending ending, ResponseChange given) {
        Leasing.Leased lease = pending.lease();
        Sight sight = pending.sight();
        if (lease != null) {
            end(pending, lease, ending);
        } else if (sight != null && ending instanceof Ending.Answered answered) {
            see(pending, sight, answered.status(), given.set().has("etag") ? given.set() : answered.fields());
        }
    }

    private void end(Pending pending, Leasing.Leased lease, Ending ending) {
        switch (ending) {
            case Ending.NotSent() -> completions.endWrite(lease, End.KEPT, null);
            case Ending.Unknown unknown -> completions.endWrite(lease, End.LOST, null);
            case Ending.Answered answered -> answered(pending, lease, answered);
        }
    }

    private void answered(Pending pending, Leasing.Leased lease, Ending.Answered answered) {
        String method = pending.head().method();
        int status = answered.status();
        switch (Verdict.of(status, answered.fields(), "unknown")) {
            case RELEASE -> {
                boolean conditional = pending.head().fields().has("if-match")
                        || pending.head().fields().has("if-none-match");
                if (status == 412 && conditional && lease.known()) { // it held here: somebody wrote past the gateway
                    drifted(pending);
                    completions.endWrite(lease, End.CHANGED, null);
                } else {
                    completions.endWrite(lease, End.KEPT, null);
                }
            }
            case UNKNOWN -> completions.endWrite(lease, End.LOST, null);
            case KEEP -> {
                if (status == 202) { // it will be done later, who knows when
                    completions.endWrite(lease, End.LOST, null);
                } else if (status >= 400 && status < 500) {
                    completions.endWrite(lease, End.KEPT, null);
                } else if (status < 300 && method.equals("DELETE")) {
                    completions.endWrite(lease, End.DELETED, null);
                } else {
                    // the tag in an answer to POST is that of what it made
                    completions.endWrite(
                            lease, End.CHANGED, status < 300 && !method.equals("POST") ? tag(answered.fields()) : null);
                }
            }
        }
    }

    private void see(Pending pending, Sight sight, int status, Fields fields) {
        @Nullable String tag = CURRENT.contains(status) ? tag(fields) : null;
        boolean gone = sight.quarantined() && GONE.contains(status); // else it may be gone for this caller only
        if ((tag == null && !gone) || (!sight.quarantined() && sight.tag().equals(tag))) {
            return;
        }
        try {
            if (!store.observe(sight, tag)) {
                return;
            }
        } catch (StoreUnavailable e) {
            tally.storeFailed(e); // the next read tells it again
            return;
        }
        if (sight.quarantined()) {
            tally.count("ledger-reconciled");
        } else if (sight.deleted() || !sight.tag().isEmpty()) {
            drifted(pending);
        }
    }

    /** Somebody writes past the gateway, or the tag depends on who reads: the promise does not hold there. */
    private void drifted(Pending pending) {
        tally.count("ledger-drift");
        Caller caller = pending.caller();
        LOG.warn(
                "event=ledger_drift tenant={} module={} route={} correlation={}",
                caller.tenant(),
                caller.module(),
                caller.route(),
                caller.correlationId());
    }

    private static @Nullable String tag(Fields answer) {
        return EntityTag.strongOf(answer).map(EntityTag::text).orElse(null);
    }
}
