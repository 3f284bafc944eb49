package io.gatewright.server;

import io.gatewright.xds.Drift;
import io.gatewright.xds.NodeOutcome;
import io.gatewright.xds.ResourceKey;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One sync, under way or over. Immutable.
 *
 * @param id 0 as long as the database has given none
 * @param replica the process that ran it
 * @param endedAt null while it is under way
 * @param changed resources that differed and were sent, or would have been
 * @param drift what nobody had changed
 * @param quarantined who was held at a last good state at its end
 * @param failure why it could not be done; null if it could
 */
public record Sync(
        long id,
        String replica,
        Trigger trigger,
        boolean dryRun,
        long revision,
        Instant startedAt,
        @Nullable Instant endedAt,
        Outcome outcome,
        Set<ResourceKey> changed,
        List<Drift> drift,
        List<Quarantined> quarantined,
        List<NodeOutcome> nodes,
        @Nullable String failure) {

    /** Why it ran. */
    public enum Trigger {
        /** The process started. No gateway is connected at that time. */
        STARTUP,
        /** It was time. */
        INTERVAL,
        /** Somebody asked for it. */
        MANUAL,
        /** Something was found that nobody had changed. */
        DRIFT,
        /** Revisions were committed: only what they change was sent. */
        REVISION;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What it came to. */
    public enum Outcome {
        /** Answers may still come. */
        RUNNING,
        /** Every gateway that was connected accepted everything. */
        PROVEN,
        /** Every gateway answered, and something is refused. */
        REJECTED,
        /** An answer was still missing at the end. */
        TIMED_OUT,
        /** No gateway was connected. */
        NO_GATEWAYS,
        /** A dry run: nothing was sent. */
        PLANNED,
        /** It could not be done; the log says why. */
        FAILED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Outcome of(boolean settled, List<NodeOutcome> nodes, List<Quarantined> quarantined) {
            if (nodes.isEmpty()) {
                return quarantined.isEmpty() ? NO_GATEWAYS : REJECTED;
            }
            if (!settled) {
                return TIMED_OUT;
            }
            boolean refused = nodes.stream().anyMatch(node -> !node.rejected().isEmpty());
            return refused || !quarantined.isEmpty() ? REJECTED : PROVEN;
        }
    }
}
