package io.gatewright.xds;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far one resource is on one node. Immutable.
 *
 * @param connected whether the node has a stream open
 * @param rejection set if the state is {@link State#REJECTED}
 * @param acknowledgedVersion the newest version we saw the node accept (empty if that was the removal), or null if that is
 *     longer ago than we remember
 * @param acknowledgedAt when it did
 */
public record NodeStatus(
        String node,
        boolean connected,
        State state,
        @Nullable Rejection rejection,
        @Nullable String acknowledgedVersion,
        @Nullable Instant acknowledgedAt) {

    /** In the order of progress. */
    public enum State {
        /** The node has not asked for it. */
        UNSUBSCRIBED,
        /** It waits to be sent. */
        PENDING,
        /** It is sent and not answered. */
        SENT,
        /** The node's main thread has accepted the present content (or absence); its workers follow within milliseconds. */
        ACKNOWLEDGED,
        /** The node refuses the present content and goes on with what it had. */
        REJECTED,
        /** The node is disconnected and was not known to have the present content. */
        UNKNOWN
    }
}
