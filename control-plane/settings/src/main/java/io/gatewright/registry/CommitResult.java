package io.gatewright.registry;

import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What became of a change set. Immutable. */
public sealed interface CommitResult {

    /**
     * It is a revision now.
     *
     * @param at the time that stands in the history, by the database's clock
     * @param committedAt when the commit was known here, by this process's clock
     * @param documents what it changed; a removed document has no body
     */
    record Committed(long revision, Instant at, Instant committedAt, List<Document> documents)
            implements CommitResult {}

    /**
     * Everything is already as it asks for; nothing was written.
     *
     * @param revision the newest revision
     */
    record Unchanged(long revision) implements CommitResult {}

    /** It says something wrong in itself, or names something that does not exist. */
    record Invalid(List<Problem> problems) implements CommitResult {}

    /** It collides with other documents. */
    record Conflict(List<Problem> problems) implements CommitResult {}

    /**
     * Documents are not at the versions it expects.
     *
     * @param current the documents in question as they are now, in the order of the change set; one that does not exist is
     *     left out
     */
    record Stale(List<Problem> problems, Map<DocumentKey, Document> current) implements CommitResult {}

    /** It removes what does not exist. */
    record Missing(List<Problem> problems) implements CommitResult {}

    /** It writes what its writer may not write. */
    record Forbidden(List<Problem> problems) implements CommitResult {}

    /**
     * It could be made, but its writer may not make it alone, or not yet. Nothing was written.
     *
     * @param changes what it would change, as things are now
     * @param sensitive those documents of them that need a second person
     */
    record Deferred(List<DocumentChange> changes, List<DocumentKey> sensitive) implements CommitResult {}
}
