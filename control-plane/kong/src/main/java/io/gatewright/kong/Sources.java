package io.gatewright.kong;

import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Collects the documents that an entity is made from. One thread at a time. */
final class Sources {
    private final SortedSet<String> settings = new TreeSet<>();
    private long revision;

    Sources add(@Nullable Document document) {
        if (document != null) {
            revision = Math.max(revision, document.version());
            if (document.key().kind() == Kind.SETTING) {
                settings.add(document.key().id());
            }
        }
        return this;
    }

    Sources add(Collection<Document> documents) {
        documents.forEach(this::add);
        return this;
    }

    /** The newest revision of them. */
    long revision() {
        return revision;
    }

    SortedSet<String> settings() {
        return Collections.unmodifiableSortedSet(settings);
    }
}
