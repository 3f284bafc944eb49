package io.gatewright.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A change set that waits: for a second person, for its time, or for both. Immutable; what it asks for never changes, only
 * what became of it.
 *
 * @param author who asks for it
 * @param sensitive whether it needs a second person
 * @param notBefore when it may be made at the earliest; null: as soon as it is approved
 * @param changes with the versions that it was written on
 * @param decided who approved, rejected or withdrew it, or null
 * @param revision that it became, or null
 * @param failure why it could not be made, or null
 */
public record Proposal(
        long id,
        State state,
        Party author,
        String reason,
        @Nullable String correlationId,
        List<DocumentChange> changes,
        boolean sensitive,
        @Nullable Instant notBefore,
        Instant proposedAt,
        @Nullable Decided decided,
        @Nullable Long revision,
        @Nullable String failure) {

    /** What became of it. */
    public enum State {
        /** Waits for a second person. */
        PENDING,
        /** Waits for its time. */
        SCHEDULED,
        COMMITTED,
        REJECTED,
        WITHDRAWN,
        /** Could not be made; {@link Proposal#failure} says why. */
        FAILED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean open() {
            return this == PENDING || this == SCHEDULED;
        }
    }

    /**
     * Who decided, and when.
     *
     * @param by the subject
     * @param actor as the history names him
     */
    public record Decided(
            String by, String actor, Instant at, @Nullable String comment) {}

    public Proposal {
        changes = List.copyOf(changes);
    }

    /** The change set, by author and whoever approved it; every document must be as it was when it was proposed. */
    Changeset changeset(@Nullable String approver) {
        return new Changeset(
                approver == null ? author.actor() : author.actor() + ", approved by " + approver,
                reason,
                correlationId,
                changes.stream()
                        .map(change -> new Change(
                                change.key(), change.oldVersion() == null ? 0 : change.oldVersion(), change.newBody()))
                        .toList());
    }

    /** The JSON form, as the API gives it; its changes are those of a revision. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object()
                .put("proposal", id)
                .put("state", state.wireName())
                .put("actor", author.actor())
                .put("reason", reason)
                .put("proposedAt", proposedAt.toString())
                .put("needsApproval", sensitive);
        if (correlationId != null) {
            json.put("correlationId", correlationId);
        }
        if (notBefore != null) {
            json.put("notBefore", notBefore.toString());
        }
        if (decided != null) {
            json.put("decidedBy", decided.actor()).put("decidedAt", decided.at().toString());
            if (decided.comment() != null) {
                json.put("comment", decided.comment());
            }
        }
        if (revision != null) {
            json.put("revision", revision);
        }
        if (failure != null) {
            json.put("failure", failure);
        }
        json.set("changes", Revision.changesToJson(changes));
        return json;
    }
}
