package io.gatewright.xds;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a set of resources came to at one node. Immutable.
 *
 * @param sent how many of them the node wants
 * @param accepted how many of those it accepted
 * @param rejected those that it refuses
 * @param provenAt when it gave its last answer; null while one is missing
 */
public record NodeOutcome(
        String node,
        String cluster,
        String buildVersion,
        boolean connected,
        int sent,
        int accepted,
        List<Rejection> rejected,
        @Nullable Instant provenAt) {

    /** How it stands. */
    public enum State {
        /** It accepted everything. */
        PROVEN,
        /** It answered everything, and refuses something. */
        REJECTED,
        /** An answer is missing. */
        OPEN,
        /** An answer is missing, and it is disconnected. */
        AWAY
    }

    public State state() {
        if (provenAt == null) {
            return connected ? State.OPEN : State.AWAY;
        }
        return rejected.isEmpty() ? State.PROVEN : State.REJECTED;
    }

    /** How many answers are missing. */
    public int open() {
        return sent - accepted - rejected.size();
    }
}
