package io.gatewright.guard;

import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import io.gatewright.guard.store.Acquisition;
import io.gatewright.guard.store.Attempt;
import io.gatewright.guard.store.Claim;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.ScopedKey;
import io.gatewright.guard.store.StoreUnavailable;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a retry and a stale write get. At most one dispatch per scoped key, the same answer to every retry, or an
 * honest "outcome unknown". Thread-safe; {@link #onRequest}, {@link #onLedger} and {@link #onResponse} wait for the store and belong on
 * threads that may block.
 */
public final class Guard implements AutoCloseable {
    private static final String KEY = "idempotency-key";
    private static final String STATUS = "idempotency-status";
    private static final Duration RETRY_STORE = Duration.ofSeconds(1);

    /** Which change nothing (RFC 9110 §9.2.1), and so need no key. */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private final IdempotencyStore store;
    private final Pepper pepper;
    private final Clock clock;
    private final Completions completions;
    private final Tally tally;
    private final Ledger ledger;

    /** @param clock for the times in events; what expires when is for the store's clock to say */
    public Guard(IdempotencyStore store, Pepper pepper, Clock clock) {
        this.store = store;
        this.pepper = pepper;
        this.clock = clock;
        this.tally = new Tally();
        this.completions = new Completions(store, tally);
        this.ledger = new Ledger(store, completions, pepper, tally);
    }

    /** The names of all fields of an answer that it looks at, for gateways that cannot give them all. */
    public static Set<String> answerFields() {
        Set<String> names = new TreeSet<>(KeptFields.names());
        names.addAll(Verdict.OURS);
        names.addAll(Set.of("cache-control", "connection", "content-length"));
        return names;
    }

    /** How often what was decided. */
    public Tally tally() {
        return tally;
    }

    /** What can be said without the body and without the store. */
    public Decision onHead(RequestHead head, Caller caller, GuardPolicy policy) {
        List<String> keys = head.fields().all(KEY);
        if (keys.isEmpty() && policy.requiresKeyOf(head.method())) {
            return refuse(
                    Problem.KEY_REQUIRED.reply(
                            caller.correlationId(),
                            "Send an Idempotency-Key header with a value of your own for each new operation, and the same one when you repeat it."));
        }
        Optional<Reply> refused = Conditions.refusal(head, policy, caller.correlationId());
        if (refused.isPresent()) {
            return refuse(refused.get());
        }
        if (keys.isEmpty() || !policy.honoursKeysOf(head.method())) {
            return Ledger.concerns(head, policy)
                    ? new Decision.NeedsLedger()
                    : unclaimed(head, caller, policy, keys.isEmpty() ? "" : "ignored");
        }
        return switch (IdempotencyKey.read(keys, policy.keyFormat())) {
            case IdempotencyKey.Read.Good good -> new Decision.NeedsBody();
            case IdempotencyKey.Read.Malformed malformed ->
                refuse(Problem.KEY_MALFORMED.reply(caller.correlationId(), malformed.reason()));
        };
    }

    /**
     * What a request gets for which {@link #onHead} needs the ledger. Waits for the store. The gateway must see to it that a
     * body that is not here yet comes within a minute.
     */
    public Decision onLedger(RequestHead head, Caller caller, GuardPolicy policy) {
        checkIdentified(caller);
        String status = head.fields().has(KEY) ? "ignored" : "";
        return ledger.take(new Pending(head, caller, policy, null, status, clock.instant()));
    }

    private static void checkIdentified(Caller caller) {
        if (caller.requestId().isEmpty()) {
            throw new IllegalArgumentException("The gateway gave no id of the request, so two could not be told apart");
        }
    }

    /**
     * The refusal of a request whose tenant or route is not in the settings, as before they have come: a key that cannot be
     * heeded must not be passed over, or a retry would run twice. Nothing for a request without one.
     */
    public Optional<Reply> onStranger(RequestHead head, String correlationId) {
        if (!head.fields().has(KEY) || SAFE.contains(head.method())) {
            return Optional.empty();
        }
        Reply reply = Problem.STORE_UNAVAILABLE.reply(
                correlationId,
                "What counts for this tenant and path is not known here yet, so the request was not sent on; repeat it with the same key.",
                RETRY_STORE);
        tally.refused(reply);
        return Optional.of(reply);
    }

    /**
     * What a request gets for which {@link #onHead} needs the body.
     *
     * @param bodyDigest SHA-256 of the body, or null when it is larger than the gateway reads: then the client's
     *     Content-Digest counts, which the upstream can verify
     */
    public Decision onRequest(RequestHead head, @Nullable Octets bodyDigest, Caller caller, GuardPolicy policy) {
        if (!(IdempotencyKey.read(head.fields().all(KEY), policy.keyFormat())
                instanceof IdempotencyKey.Read.Good(IdempotencyKey key))) {
            throw new IllegalArgumentException("onHead refuses this request; it has no key to claim");
        }
        Optional<Octets> sent = Digests.sent(head.fields().all("content-digest"));
        if (bodyDigest == null && sent.isEmpty()) {
            return refuse(Problem.BODY_TOO_LARGE.reply(
                    caller.correlationId(),
                    "The body is too large to be read here; send Content-Digest with sha-256, or a smaller body."));
        }
        if (bodyDigest != null && sent.isPresent() && !sent.get().equals(bodyDigest)) {
            return refuse(Problem.DIGEST_MISMATCH.reply(
                    caller.correlationId(), "The body's SHA-256 is not what Content-Digest says; send it again."));
        }
        checkIdentified(caller);
        Octets fingerprint = Fingerprint.of(head, bodyDigest == null ? sent.orElseThrow() : bodyDigest);
        List<ScopedKey> keys = pepper.scope(caller, key);
        Attempt attempt = new Attempt(
                caller.attempt(),
                keys.getFirst(),
                keys.subList(1, keys.size()),
                fingerprint,
                caller.module() + "/" + caller.route(),
                caller.correlationId(),
                policy.lease(),
                policy.ttl(),
                policy.takeover(),
                key.mintedAt(policy.keyFormat()).orElse(null));
        try {
            return decide(acquire(attempt, wait(head, policy)), head, caller, policy);
        } catch (StoreUnavailable e) {
            tally.storeFailed(e);
            if (policy.bypasses() && !policy.leases(head.method())) {
                tally.count("bypassed");
                return unclaimed(head, caller, policy, "bypassed");
            }
            if (e.isAmbiguous()) {
                completions.withdraw(attempt);
            }
            return refuse(Problem.STORE_UNAVAILABLE.reply(
                    caller.correlationId(),
                    "Whether this request has run cannot be told at the moment, so it was not sent on; repeat it with the same key.",
                    RETRY_STORE));
        }
    }

    /** How long this request waits for another one with its key: what the client prefers (RFC 7240 §4.3), else the route. */
    private static Duration wait(RequestHead head, GuardPolicy policy) {
        Optional<Duration> preferred = Prefer.wait(head.fields().all("prefer"));
        Duration wanted = preferred.orElse(policy.waits() ? policy.maxWait() : Duration.ZERO);
        return wanted.compareTo(policy.maxWait()) < 0 ? wanted : policy.maxWait();
    }

    private Acquisition acquire(Attempt attempt, Duration wait) throws StoreUnavailable {
        Backoff backoff = new Backoff(wait);
        Acquisition acquisition = store.acquire(attempt);
        while (acquisition instanceof Acquisition.InProgress && backoff.pause()) {
            acquisition = store.acquire(attempt);
        }
        return acquisition;
    }

    private Decision decide(Acquisition acquisition, RequestHead head, Caller caller, GuardPolicy policy) {
        return switch (acquisition) {
            case Acquisition.Acquired acquired -> {
                tally.count("executed");
                Pending pending = new Pending(head, caller, policy, acquired.claim(), "", clock.instant());
                yield policy.leases(head.method()) ? ledger.take(pending) : new Decision.Proceed(pending);
            }
            case Acquisition.Done done
            when Retries.isReplayable(done, caller) -> {
                tally.count("replayed");
                Fields kept = KeptFields.replayed(done.answer().fields());
                if (!kept.equals(done.answer().fields())) {
                    tally.count("replay-field-dropped"); // somebody else has written to the table
                }
                yield new Decision.Answer(Codings.readable(Retries.replay(done, kept), head));
            }
            default -> refuse(Retries.refusal(acquisition, caller));
        };
    }

    /** Whether the answer's body is wanted, up to {@link GuardPolicy#bodyLimit}. */
    public boolean needsBody(Pending pending, int status, Fields answer) {
        boolean stored = pending.isClaimed()
                && Verdict.of(status, answer, pending.policy().onServerError()) == Verdict.KEEP
                && !answer.first("content-type").toLowerCase(Locale.ROOT).startsWith("text/event-stream");
        return stored || Conditions.needsBody(pending.head(), pending.policy(), status, answer);
    }

    /** Keeps what the request came to, and says what the client's answer shall differ in. */
    public ResponseChange onResponse(Pending pending, Ending ending) {
        Claim claim = pending.claim();
        ResponseChange change = claim == null ? unclaimed(pending, ending) : claimed(pending, claim, ending);
        ledger.end(pending, ending, change);
        return change;
    }

    private ResponseChange claimed(Pending pending, Claim claim, Ending ending) {
        String status = switch (ending) {
            case Ending.NotSent() -> completions.release(claim);
            case Ending.Unknown(Ending.Cause cause) -> completions.unknown(pending, claim, cause, elapsed(pending));
            case Ending.Answered answered ->
                switch (Verdict.of(
                        answered.status(), answered.fields(), pending.policy().onServerError())) {
                    case RELEASE -> completions.release(claim);
                    case UNKNOWN -> completions.unknown(pending, claim, Ending.Cause.SERVER_ERROR, elapsed(pending));
                    case KEEP -> completions.complete(pending, claim, answered, elapsed(pending));
                };
        };
        return new ResponseChange(0, Fields.of(STATUS, status), Verdict.OURS);
    }

    private ResponseChange unclaimed(Pending pending, Ending ending) {
        ResponseChange change = ending instanceof Ending.Answered answered
                ? Conditions.answer(
                        pending,
                        pepper.derive(pending.caller().tenant(), "entity-tag"),
                        answered.status(),
                        answered.fields(),
                        answered.body())
                : ResponseChange.NONE;
        if (change.status() == 304) {
            tally.count("not-modified");
        }
        Set<String> remove = new HashSet<>(change.remove());
        remove.addAll(Verdict.OURS);
        Fields set = pending.status().isEmpty() ? change.set() : change.set().plus(STATUS, pending.status());
        return new ResponseChange(change.status(), set, remove);
    }

    private Duration elapsed(Pending pending) {
        return Duration.between(pending.sentAt(), clock.instant());
    }

    private Decision unclaimed(RequestHead head, Caller caller, GuardPolicy policy, String status) {
        return new Decision.Proceed(new Pending(head, caller, policy, null, status, clock.instant()));
    }

    private Decision refuse(Reply reply) {
        tally.refused(reply);
        return new Decision.Answer(reply);
    }

    /** Tries for a moment to end what the store could not be told yet. */
    @Override
    public void close() {
        completions.close();
    }
}
