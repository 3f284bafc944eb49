package io.gatewright.registry;

import io.gatewright.settings.Document;
import io.gatewright.settings.Settings;
import java.util.List;

/** What a write would come to, found without writing or locking anything. Immutable. */
public sealed interface Rehearsal {

    /**
     * It would be made.
     *
     * @param base the revision it was tried on
     * @param changes what it would change; empty: everything is already so
     */
    record Possible(long base, List<DocumentChange> changes) implements Rehearsal {}

    /** It would be turned down, for this. */
    record Refused(CommitResult why) implements Rehearsal {}

    /** Tries a change set on a state. */
    static Rehearsal of(Settings base, Changeset changeset) {
        Draft draft = Draft.of(changeset);
        CommitResult refusal = draft.refusal(base);
        if (refusal != null) {
            return new Refused(refusal);
        }
        List<Document> documents = draft.documents(base);
        Settings candidate = base.with(base.revision() + 1, documents);
        CommitResult inconsistency = Draft.inconsistency(base, candidate, documents);
        return inconsistency == null
                ? new Possible(base.revision(), Draft.changes(base, documents))
                : new Refused(inconsistency);
    }
}
