package io.gatewright.kong.node;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a Kong stands. Immutable.
 *
 * @param version of Kong, as it says; empty before it answered
 * @param connected whether it answered last
 * @param since when that changed last
 * @param digest of the bundle that it shall run; empty before there is one
 * @param answered whether it has answered to that bundle, whatever it makes of it
 * @param entities how many that bundle has
 * @param refusals what it refuses, of that bundle once it has answered
 * @param provenAt when it proved that it runs that bundle, or all but some tenants of it; null when it does not
 * @param problem why it does not, one line; empty when it does or nobody knows yet
 * @param posts documents that were sent to it
 * @param drifts how often it ran something that nobody here gave it
 */
public record NodeView(
        String name,
        URI admin,
        String version,
        boolean connected,
        Instant since,
        String digest,
        boolean answered,
        int entities,
        List<Refusal> refusals,
        @Nullable Instant provenAt,
        String problem,
        long posts,
        long drifts) {

    /** How it stands. */
    public enum State {
        /** It runs everything. */
        PROVEN,
        /** It answered, and refuses something. */
        REJECTED,
        /** Its answer is missing. */
        OPEN,
        /** It cannot be reached. */
        AWAY
    }

    /** Whether it was tried and cannot be reached. */
    boolean away() {
        return !connected && !problem.isEmpty();
    }

    public State state() {
        if (!connected) {
            return State.AWAY;
        }
        if (!answered) {
            return State.OPEN;
        }
        return refusals.isEmpty() ? State.PROVEN : State.REJECTED;
    }
}
