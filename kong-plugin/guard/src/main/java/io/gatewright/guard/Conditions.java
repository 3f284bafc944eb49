package io.gatewright.guard;

import io.gatewright.guard.EntityTag.Condition;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Preconditions (RFC 9110 §13). A write's are compared by the upstream, which alone can compare and write in one step; here
 * it is seen to that they are there and can be read. A read's are compared with the answer. Stateless.
 */
final class Conditions {
    private static final Set<String> READS = Set.of("GET", "HEAD");

    /** What a 304 has of the 200 that it stands for, RFC 9110 §15.4.5; the rest goes. */
    private static final Set<String> OF_CONTENT = Set.of(
            "content-type",
            "content-length",
            "content-encoding",
            "content-language",
            "content-range",
            "content-digest",
            "repr-digest",
            "transfer-encoding",
            "trailer",
            "last-modified");

    private Conditions() {}

    /** The refusal of a request whose conditions are missing, malformed, or cannot hold; or nothing. */
    static Optional<Reply> refusal(RequestHead head, GuardPolicy policy, String correlationId) {
        if (!policy.heedsConditions()) {
            return Optional.empty();
        }
        List<String> match = head.fields().all("if-match");
        List<String> noneMatch = head.fields().all("if-none-match");
        for (List<String> lines : List.of(match, noneMatch)) {
            if (!lines.isEmpty() && EntityTag.condition(lines).isEmpty()) {
                return Optional.of(
                        Problem.PRECONDITION_MALFORMED.reply(
                                correlationId,
                                "If-Match and If-None-Match are lists of entity tags in double quotes, as ETag gave them, or a star alone."));
            }
        }
        if (policy.requiresConditionOf(head.method()) && match.isEmpty() && !isCreation(noneMatch)) {
            return Optional.of(
                    Problem.PRECONDITION_REQUIRED.reply(
                            correlationId,
                            "Read the resource, then send its ETag in an If-Match header; to create one, send If-None-Match with a star."));
        }
        return refusalOfWrite(head, policy, correlationId, match);
    }

    /** Only a star says what state a write is for (RFC 9110 §13.1.2): a list of tags says what it is not for. */
    private static boolean isCreation(List<String> noneMatch) {
        return !noneMatch.isEmpty()
                && EntityTag.condition(noneMatch).filter(Condition::any).isPresent();
    }

    private static Optional<Reply> refusalOfWrite(
            RequestHead head, GuardPolicy policy, String correlationId, List<String> match) {
        Optional<Condition> condition = match.isEmpty() ? Optional.empty() : EntityTag.condition(match);
        if (READS.contains(head.method()) || condition.isEmpty()) {
            return Optional.empty();
        }
        if (condition.get().any() && policy.requiresConditionOf(head.method())) {
            return Optional.of(Problem.PRECONDITION_REQUIRED.reply(
                    correlationId, "A star in If-Match says nothing of the version; send the ETag that you read."));
        }
        return condition.get().hasOnlyWeak()
                ? Optional.of(Problem.PRECONDITION_FAILED.reply(
                        correlationId,
                        "If-Match compares strongly, and a weak tag (W/) never matches; send a strong one."))
                : Optional.empty();
    }

    /** Whether the answer's body decides its tag. */
    static boolean needsBody(RequestHead head, GuardPolicy policy, int status, Fields answer) {
        return head.method().equals("GET") && status == 200 && makesTag(policy, answer);
    }

    private static boolean makesTag(GuardPolicy policy, Fields answer) {
        return policy.heedsConditions()
                && !answer.first("cache-control").contains("no-store")
                && switch (policy.tags()) {
                    case "digest" -> true;
                    case "auto" -> !answer.has("etag");
                    default -> false;
                };
    }

    /**
     * The tag of a read's answer, and 304 instead of it when the client has it already.
     *
     * @param body null when it was not read
     */
    static ResponseChange answer(
            Pending pending, Octets tenantSecret, int status, Fields answer, @Nullable Octets body) {
        if (!pending.policy().heedsConditions()
                || !READS.contains(pending.head().method())
                || status != 200) {
            return ResponseChange.NONE;
        }
        @Nullable
        EntityTag made = body != null && needsBody(pending.head(), pending.policy(), status, answer)
                ? EntityTag.digest(tenantSecret, answer, body)
                : null;
        Optional<EntityTag> tag = made == null ? EntityTag.read(answer.first("etag")) : Optional.of(made);
        Fields set = made == null ? Fields.none() : Fields.of("etag", made.text());
        List<String> noneMatch = pending.head().fields().all("if-none-match");
        boolean known = !noneMatch.isEmpty()
                && EntityTag.condition(noneMatch)
                        .filter(condition -> condition.any()
                                || tag.filter(condition::hasWeak).isPresent())
                        .isPresent();
        return known ? new ResponseChange(304, set, OF_CONTENT) : new ResponseChange(0, set, Set.of());
    }
}
