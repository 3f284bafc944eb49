package io.gatewright.registry;

import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes that are made together or not at all. Immutable.
 *
 * @param actor the OIDC subject, or the name of a job
 * @param reason why, for those who read the history; not blank
 * @param correlationId of the request that asked for it
 * @param changes 1 to {@value #MAX_CHANGES}, each of another document
 * @param expectedNewest refused unless this is the newest revision; null: whatever it is
 */
public record Changeset(
        String actor,
        String reason,
        @Nullable String correlationId,
        List<Change> changes,
        @Nullable Long expectedNewest) {
    public static final int MAX_CHANGES = 10_000;

    public Changeset {
        changes = List.copyOf(changes);
    }

    /** Changes that may follow any revision. */
    public Changeset(String actor, String reason, @Nullable String correlationId, List<Change> changes) {
        this(actor, reason, correlationId, changes, null);
    }

    /** No change, but what {@link Registry#tell} tells of. */
    public static Changeset telling(String actor, String what) {
        return new Changeset(actor, what, null, List.of());
    }

    /** What is wrong with it before anybody looks into the bodies. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        checkText("actor", actor, "name who makes the change", problems);
        checkText("reason", reason, "say in a sentence why the change is made", problems);
        if (correlationId != null && !StorableText.is(correlationId)) {
            problems.add(new Problem("correlationId", StorableText.MESSAGE, StorableText.FIX));
        }
        if (changes.isEmpty()) {
            problems.add(new Problem("changes", "is empty", "name at least one document to write or remove"));
        }
        if (changes.size() > MAX_CHANGES) {
            problems.add(new Problem(
                    "changes",
                    "has " + changes.size() + " entries, more than " + MAX_CHANGES,
                    "split it into several change sets"));
        }
        Set<DocumentKey> seen = new HashSet<>();
        for (Change change : changes) {
            if (!seen.add(change.key())) {
                problems.add(new Problem(change.key().toString(), "is named twice", "write each document once"));
            }
        }
        return problems;
    }

    /** Whether it could be kept as a revision that changes no document. */
    boolean isStorableWithoutChanges() {
        return problems().stream().allMatch(problem -> problem.field().equals("changes")) && changes.isEmpty();
    }

    private static void checkText(String field, String text, String fix, List<Problem> problems) {
        if (text.isBlank()) {
            problems.add(new Problem(field, "is missing", fix));
        } else if (!StorableText.is(text)) {
            problems.add(new Problem(field, StorableText.MESSAGE, StorableText.FIX));
        }
    }
}
