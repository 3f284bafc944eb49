package io.gatewright.guard;

import io.gatewright.guard.http.Fields;
import java.util.Set;

/** What an upstream's answer means for its key. */
enum Verdict {
    /** It is the outcome: every retry gets it. */
    KEEP,
    /** Nothing took effect: a retry runs. */
    RELEASE,
    /** Nobody can say whether anything took effect. */
    UNKNOWN;

    /** What an upstream says by itself about an answer, and what no client gets to see. */
    static final String OUTCOME = "idempotency-outcome";

    /** What only the guard may say to a client. */
    static final Set<String> OURS =
            Set.of(OUTCOME, "idempotent-replayed", "idempotency-status", "idempotency-original-correlation-id");

    /**
     * Answers about who asks, when, or in which state, not about what was asked. 408 and 499 are none of them: an upstream that
     * gave up waiting may have begun.
     */
    private static final Set<Integer> RELEASED = Set.of(401, 403, 407, 409, 412, 417, 421, 423, 425, 426, 428, 429);

    private static final Set<Integer> UNFINISHED = Set.of(408, 499);

    /**
     * Of an answer that the upstream gave after it had the request.
     *
     * @param onServerError the policy: {@code unknown}, {@code replay} or {@code release}
     */
    static Verdict of(int status, Fields fields, String onServerError) {
        String said = fields.first(OUTCOME).strip();
        if (said.equals("not-applied")) {
            return RELEASE;
        }
        if (said.equals("final")) {
            return KEEP;
        }
        if (UNFINISHED.contains(status)) {
            return UNKNOWN;
        }
        if (status < 500) {
            return RELEASED.contains(status) ? RELEASE : KEEP;
        }
        if (status == 501 || (status == 503 && fields.has("retry-after"))) {
            return RELEASE;
        }
        return switch (onServerError) {
            case "replay" -> KEEP;
            case "release" -> RELEASE;
            default -> UNKNOWN;
        };
    }
}
