package io.gatewright.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.DocumentKey;
import org.jspecify.annotations.Nullable;

/**
 * A document that differs between two revisions. Immutable as long as nobody changes the bodies.
 *
 * @param revision the last one between them that changed it
 * @param oldBody at the first of the two, null when it was not there
 * @param newBody at the second, null when it is not there
 */
public record Difference(
        DocumentKey key,
        long revision,
        @Nullable JsonNode oldBody,
        @Nullable JsonNode newBody) {}
