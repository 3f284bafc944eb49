package io.gatewright.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.DocumentKey;
import org.jspecify.annotations.Nullable;

/**
 * What shall become of one document. Immutable as long as nobody changes the body.
 *
 * @param expectedVersion the version it must have now; 0: it must not exist; null: whatever it is
 * @param body its new content as {@code BodyFormat} reads it; null removes the document
 */
public record Change(
        DocumentKey key,
        @Nullable Long expectedVersion,
        @Nullable JsonNode body) {}
