package io.gatewright.guard.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every call of every client, and every execution of the upstream, judged key by key: at most one execution, one answer for all,
 * and otherwise an honest refusal. A call that never returned may stand for anything, and stays open to the end. Thread-safe.
 */
public final class History {
    /** Refusals that say nothing untrue while another request runs, or when nobody knows how it ended. */
    private static final Set<String> HONEST = Set.of(
            "in-progress",
            "outcome-unknown",
            "replay-unavailable",
            "key-expired",
            "store-unavailable",
            "quota-exceeded");

    /** Of these, what is still true after an answer was kept. */
    private static final Set<String> HONEST_AFTERWARDS =
            Set.of("replay-unavailable", "key-expired", "store-unavailable", "quota-exceeded");

    private final Map<String, List<Call>> calls = new HashMap<>();
    private final Map<String, Integer> executions = new HashMap<>();
    private long now;

    /** One call. */
    public final class Call {
        private final long invoked;
        private long returned = Long.MAX_VALUE;
        private @Nullable Answer answer;

        private Call(long invoked) {
            this.invoked = invoked;
        }

        /** It came back; a call that is lost is never told. */
        public void returned(Answer got) {
            synchronized (History.this) {
                returned = ++now;
                answer = got;
            }
        }
    }

    /** A client sends a request with that key, always the same one. */
    public synchronized Call invoke(String key) {
        Call call = new Call(++now);
        calls.computeIfAbsent(key, fresh -> new ArrayList<>()).add(call);
        return call;
    }

    /** The upstream does what a request with that key asks for. */
    public synchronized void executed(String key) {
        executions.merge(key, 1, Integer::sum);
    }

    /** What broke the promise, a sentence each; empty when nothing did. */
    public synchronized List<String> violations() {
        List<String> violations = new ArrayList<>();
        executions.forEach((key, times) -> {
            if (times > 1) {
                violations.add(key + " was executed " + times + " times");
            }
        });
        calls.forEach((key, ofKey) -> judge(key, ofKey, violations));
        return violations;
    }

    private void judge(String key, List<Call> ofKey, List<String> violations) {
        Answer first = null;
        long keptSince = Long.MAX_VALUE;
        int unmarked = 0;
        for (Call call : ofKey) {
            Answer answer = call.answer;
            if (answer == null || !answer.problem().isEmpty() || !isSuccess(answer)) {
                continue;
            }
            unmarked += answer.replayed() ? 0 : 1;
            keptSince = answer.kept() ? Math.min(keptSince, call.returned) : keptSince;
            if (first != null
                    && (first.status() != answer.status() || !first.body().equals(answer.body()))) {
                violations.add(key + " was answered with " + first + " and with " + answer);
            }
            first = first == null ? answer : first;
        }
        if (first != null && executions.getOrDefault(key, 0) == 0) {
            violations.add(key + " was answered with " + first + " and never executed");
        }
        if (unmarked > 1) {
            violations.add(key + " was answered " + unmarked + " times as if for the first time");
        }
        for (Call call : ofKey) {
            refusal(key, call, keptSince, violations);
        }
    }

    private static void refusal(String key, Call call, long keptSince, List<String> violations) {
        Answer answer = call.answer;
        if (answer == null || answer.problem().isEmpty()) {
            return;
        }
        if (!HONEST.contains(answer.problem())) {
            violations.add(key + " was refused with " + answer.problem());
        } else if (call.invoked > keptSince && !HONEST_AFTERWARDS.contains(answer.problem())) {
            violations.add(key + " was refused with " + answer.problem() + " after its answer was kept");
        }
    }

    private static boolean isSuccess(Answer answer) {
        return answer.status() < 300;
    }
}
