package io.gatewright.guard;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.store.Acquisition;
import java.time.Duration;
import java.util.Objects;

/** What a request gets that does not run. Stateless. */
final class Retries {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private Retries() {}

    /** Whether the answer is there, and for this caller: who is nobody could be anybody who guessed the key. */
    static boolean isReplayable(Acquisition.Done done, Caller caller) {
        return done.answer().body() != null && !caller.isAnonymous();
    }

    /** The answer that the first request got, with these of its fields. */
    static Reply replay(Acquisition.Done done, Fields kept) {
        Octets body = Objects.requireNonNull(done.answer().body());
        Fields fields = kept.with("cache-control", "no-store")
                .plus("idempotent-replayed", "true")
                .plus(
                        "idempotency-status",
                        "replayed;age=" + done.age().toSeconds() + ";expires="
                                + Math.max(0, done.expiresIn().toSeconds()))
                .plus("idempotency-original-correlation-id", done.correlationId());
        return new Reply(done.answer().status(), fields, body);
    }

    /** Why it neither runs nor gets an answer. */
    static Reply refusal(Acquisition acquisition, Caller caller) {
        String correlation = caller.correlationId();
        return switch (acquisition) {
            case Acquisition.Acquired acquired -> throw new IllegalArgumentException("It runs");
            case Acquisition.Done done -> notKept(done, caller);
            case Acquisition.InProgress running ->
                Problem.IN_PROGRESS.reply(
                        correlation,
                        "The first request with this key still runs; ask again with the same key, or send Prefer: wait=N.",
                        running.leaseLeft().compareTo(ASK_AGAIN) > 0 ? ASK_AGAIN : running.leaseLeft());
            case Acquisition.OutcomeUnknown unknown ->
                Problem.OUTCOME_UNKNOWN.reply(
                        correlation,
                        "The first request with this key was sent, and nobody knows whether it took effect; look at the resource before you send it with a new key.",
                        null,
                        document()
                                .put("originalCorrelationId", unknown.correlationId())
                                .put("since", unknown.since().toString()));
            case Acquisition.Mismatch mismatch ->
                Problem.FINGERPRINT_MISMATCH.reply(
                        correlation,
                        "This key came with another request before: another body, path, query, media type or condition. Use a new key for a new operation.");
            case Acquisition.Expired expired ->
                Problem.KEY_EXPIRED.reply(
                        correlation,
                        "The answer to this key is not kept any more; look at the resource before you send it with a new key.",
                        null,
                        outcome(expired.status(), caller.isAnonymous() ? "" : expired.location()));
            case Acquisition.FromTheFuture future ->
                Problem.KEY_MALFORMED.reply(
                        correlation, "The time in Idempotency-Key lies in the future; set your clock.");
            case Acquisition.QuotaExceeded quota ->
                Problem.QUOTA_EXCEEDED.reply(
                        correlation, "The tenant holds as many keys as it may.", quota.retryAfter());
        };
    }

    private static Reply notKept(Acquisition.Done done, Caller caller) {
        String location = caller.isAnonymous() ? "" : done.answer().fields().first("location");
        return Problem.REPLAY_UNAVAILABLE.reply(
                caller.correlationId(),
                caller.isAnonymous()
                        ? "The first request with this key was answered; without a token its answer is not repeated."
                        : "The first request with this key was answered, and its answer was not kept.",
                null,
                outcome(done.answer().status(), location).put("originalCorrelationId", done.correlationId()));
    }

    private static ObjectNode outcome(int status, String location) {
        ObjectNode outcome = document();
        if (status > 0) {
            outcome.put("originalStatus", status);
        }
        return location.isEmpty() ? outcome : outcome.put("location", location);
    }

    private static ObjectNode document() {
        return JsonNodeFactory.instance.objectNode();
    }
}
