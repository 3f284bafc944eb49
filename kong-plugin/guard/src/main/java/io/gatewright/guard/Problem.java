package io.gatewright.guard;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The refusals, as problem documents (RFC 9457) that nobody keeps. */
enum Problem {
    KEY_REQUIRED(400, false, "Idempotency key required"),
    KEY_MALFORMED(400, false, "Idempotency key malformed"),
    DIGEST_MISMATCH(400, false, "Body does not have its digest"),
    BODY_TOO_LARGE(413, false, "Body too large to be guarded"),
    PRECONDITION_MALFORMED(400, false, "Condition malformed"),
    PRECONDITION_REQUIRED(428, false, "Condition required"),
    PRECONDITION_FAILED(412, false, "Condition does not hold"),
    FINGERPRINT_MISMATCH(422, false, "Idempotency key used for another request"),
    IN_PROGRESS(409, true, "The first request still runs"),
    OUTCOME_UNKNOWN(409, false, "Outcome unknown"),
    RESOURCE_BUSY(409, true, "Resource busy"),
    KEY_EXPIRED(409, false, "Idempotency key expired"),
    REPLAY_UNAVAILABLE(409, false, "Answer not kept"),
    QUOTA_EXCEEDED(429, true, "Too many idempotency keys"),
    STORE_UNAVAILABLE(503, true, "Idempotency not available");

    private final int status;
    private final boolean retryable;
    private final String title;

    Problem(int status, boolean retryable, String title) {
        this.status = status;
        this.retryable = retryable;
        this.title = title;
    }

    /** The last part of its type. */
    String id() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    Reply reply(String correlationId, String detail) {
        return reply(correlationId, detail, null, JsonNodeFactory.instance.objectNode());
    }

    /** @param retryAfter rounded up to whole seconds, at least one */
    Reply reply(String correlationId, String detail, @Nullable Duration retryAfter) {
        return reply(correlationId, detail, retryAfter, JsonNodeFactory.instance.objectNode());
    }

    /** @param more members of its own */
    Reply reply(String correlationId, String detail, @Nullable Duration retryAfter, ObjectNode more) {
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("type", "urn:gatewright:problem:" + id())
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .put("retryable", retryable)
                .put("correlationId", correlationId);
        document.setAll(more);
        Fields fields = Fields.of("content-type", "application/problem+json", "cache-control", "no-store");
        if (retryAfter != null) {
            fields =
                    fields.plus("retry-after", String.valueOf(Math.max(1, Math.ceilDiv(retryAfter.toMillis(), 1_000))));
        }
        return new Reply(status, fields, Octets.of(document.toString()));
    }
}
