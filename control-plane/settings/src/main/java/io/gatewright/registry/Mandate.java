package io.gatewright.registry;

import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Ownership;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a writer may write, and what of it at once. Immutable.
 *
 * @param orgs whose documents; null: every document
 */
public record Mandate(@Nullable Set<String> orgs, Extent extent) {
    /** Everything, at once. */
    public static final Mandate FULL = new Mandate(null, Extent.ALL);

    private static final String EVERY_ORG = "*";

    /** What may be committed without waiting. */
    public enum Extent {
        ALL,
        /** All but change sets with a document that needs a second person. */
        ALL_BUT_SENSITIVE,
        /** Nothing: the change set is only tried. */
        NOTHING
    }

    public Mandate {
        orgs = orgs == null ? null : Set.copyOf(orgs);
    }

    /** The same for those orgs only that are in both. */
    Mandate within(@Nullable Set<String> others) {
        if (orgs == null || others == null) {
            return new Mandate(orgs == null ? others : orgs, extent);
        }
        Set<String> both = new HashSet<>(orgs);
        both.retainAll(others);
        return new Mandate(both, extent);
    }

    /** The value of {@code gatewright.orgs} in the transaction, which the row policies of the registry look at. */
    String setting() {
        return orgs == null ? EVERY_ORG : String.join(",", new TreeSet<>(orgs));
    }

    /** Why a writer with this mandate cannot make that step, or not at once; null when he can. */
    @Nullable
    CommitResult refusal(Settings before, Settings candidate, List<Document> documents) {
        List<Problem> outside = new ArrayList<>();
        for (Document document : documents) {
            if (!covers(before, document.key()) || (document.body() != null && !covers(candidate, document.key()))) {
                outside.add(new Problem(
                        document.key().toString(), "is not of " + described(), "ask somebody who may write it"));
            }
        }
        if (!outside.isEmpty()) {
            return new CommitResult.Forbidden(List.copyOf(outside));
        }
        List<DocumentKey> sensitive = documents.stream()
                .map(Document::key)
                .filter(DocumentKey::sensitive)
                .toList();
        boolean now = extent == Extent.ALL || (extent == Extent.ALL_BUT_SENSITIVE && sensitive.isEmpty());
        return now ? null : new CommitResult.Deferred(Draft.changes(before, documents), sensitive);
    }

    /** Whether it belongs to one of the orgs there; what is not there belongs to anybody. */
    private boolean covers(Settings settings, DocumentKey key) {
        String org = Ownership.org(settings, key);
        return orgs == null || settings.get(key) == null || (org != null && orgs.contains(org));
    }

    private String described() {
        return orgs == null || orgs.isEmpty()
                ? "an org that you may write, as your token names none"
                : "the orgs that you may write: " + String.join(", ", new TreeSet<>(orgs));
    }
}
