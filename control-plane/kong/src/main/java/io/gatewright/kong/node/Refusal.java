package io.gatewright.kong.node;

import java.time.Instant;
import java.util.SortedSet;

/**
 * Something that a Kong refuses, and whom that holds back. Immutable.
 *
 * @param tenant who is held at the last good state; {@code *} when it is everybody, since nothing could be loaded
 * @param entity type and name, as in {@code plugin rate-limiting}
 * @param settings ids of the settings that it comes from, {@code <scope>/<key>}; may be empty
 * @param revision the newest one of the documents that it comes from; 0 when that is not known
 * @param reason what the Kong says, one line
 * @param since when it first said so
 */
public record Refusal(
        String tenant, String entity, SortedSet<String> settings, long revision, String reason, Instant since) {
    /** Stands for everybody; no tenant is called so. */
    public static final String ALL = "*";
}
