package io.gatewright.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.audit.AuditChain;
import io.gatewright.settings.Body;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Consistency;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A change set whose bodies were read, and what it would do to a state. Immutable, no I/O.
 *
 * @param bodies by document, in the order of the change set; null removes
 */
record Draft(Changeset changeset, Map<DocumentKey, @Nullable Body> bodies, List<Problem> problems) {

    static Draft of(Changeset changeset) {
        List<Problem> problems = changeset.problems();
        Map<DocumentKey, @Nullable Body> bodies = new LinkedHashMap<>();
        for (Change change : problems.isEmpty() ? changeset.changes() : List.<Change>of()) {
            JsonNode json = change.body();
            if (json != null && !StorableText.isThroughout(json)) {
                problems.add(new Problem(change.key().toString(), StorableText.MESSAGE, StorableText.FIX));
            } else if (json != null && !AuditChain.covers(json)) {
                problems.add(new Problem(
                        change.key().toString(),
                        "holds a number with more digits than double precision has",
                        "write it with fewer digits, or as text"));
            } else {
                bodies.put(change.key(), json == null ? null : BodyFormat.read(change.key(), json, problems));
            }
        }
        return new Draft(changeset, bodies, problems);
    }

    /** Why it cannot be made of that state, before anybody looks at what it would come to; or null. */
    @Nullable
    CommitResult refusal(Settings base) {
        if (!problems.isEmpty()) {
            return new CommitResult.Invalid(List.copyOf(problems));
        }
        Long expectedNewest = changeset.expectedNewest();
        if (expectedNewest != null && expectedNewest != base.revision()) {
            return new CommitResult.Stale(List.of(overtaken(expectedNewest, base.revision())), Map.of());
        }
        List<Problem> stale = new ArrayList<>();
        List<Problem> missing = new ArrayList<>();
        Map<DocumentKey, Document> current = new LinkedHashMap<>();
        for (Change change : changeset.changes()) {
            Document document = base.get(change.key());
            long version = document == null ? 0 : document.version();
            if (change.expectedVersion() != null && change.expectedVersion() != version) {
                stale.add(stale(change.key(), change.expectedVersion(), version));
                if (document != null) {
                    current.put(change.key(), document);
                }
            } else if (change.body() == null && document == null) {
                missing.add(new Problem(change.key().toString(), "does not exist", "leave it out or correct its id"));
            }
        }
        if (!stale.isEmpty()) {
            return new CommitResult.Stale(List.copyOf(stale), Collections.unmodifiableMap(current));
        }
        return missing.isEmpty() ? null : new CommitResult.Missing(List.copyOf(missing));
    }

    private static Problem overtaken(long expected, long newest) {
        return new Problem(
                "revision",
                "the newest is " + newest + ", not " + expected,
                "look at what has changed since, and repeat it on what is there now");
    }

    private static Problem stale(DocumentKey key, long expected, long version) {
        String message = expected == 0
                ? "exists already, at version " + version
                : version == 0
                        ? "does not exist any more, expected version " + expected
                        : "is at version " + version + ", not " + expected;
        return new Problem(key.toString(), message, "read it again and repeat the change on what is there now");
    }

    /** The documents that would really change. */
    List<Document> documents(Settings base) {
        List<Document> documents = new ArrayList<>();
        bodies.forEach((key, body) -> {
            Document old = base.get(key);
            if (body == null ? old != null : old == null || !body.equals(old.body())) {
                documents.add(new Document(key, base.revision() + 1, body));
            }
        });
        return documents;
    }

    /** What is wrong with the state it would come to, or null. */
    static @Nullable CommitResult inconsistency(Settings base, Settings candidate, List<Document> documents) {
        Consistency found = Consistency.check(base, candidate, documents);
        if (!found.invalid().isEmpty()) {
            return new CommitResult.Invalid(Stream.concat(found.invalid().stream(), found.conflicts().stream())
                    .toList());
        }
        return found.conflicts().isEmpty() ? null : new CommitResult.Conflict(List.copyOf(found.conflicts()));
    }

    /** The same changes as history keeps them. */
    static List<DocumentChange> changes(Settings base, List<Document> documents) {
        return documents.stream()
                .map(document -> {
                    Document old = base.get(document.key());
                    return new DocumentChange(
                            document.key(),
                            old == null ? null : old.version(),
                            old == null || old.body() == null ? null : BodyFormat.write(old.body()),
                            document.body() == null ? null : BodyFormat.write(document.body()));
                })
                .toList();
    }
}
