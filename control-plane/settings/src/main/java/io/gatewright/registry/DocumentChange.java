package io.gatewright.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.DocumentKey;
import org.jspecify.annotations.Nullable;

/**
 * What a revision did to one document. Immutable as long as nobody changes the bodies.
 *
 * @param oldVersion the revision that wrote {@code oldBody}; null when the document was created
 * @param newBody null when the document was removed
 */
public record DocumentChange(
        DocumentKey key,
        @Nullable Long oldVersion,
        @Nullable JsonNode oldBody,
        @Nullable JsonNode newBody) {}
