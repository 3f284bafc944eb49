package io.gatewright.settings;

import org.jspecify.annotations.Nullable;

/**
 * One document at one version. Immutable.
 *
 * @param version the revision that wrote it, at least 1
 * @param body the content, or null when that revision removed the document
 */
public record Document(
        DocumentKey key, long version, @Nullable Body body) {
    public static Document of(Kind kind, String id, long version, @Nullable Body body) {
        return new Document(new DocumentKey(kind, id), version, body);
    }
}
