package io.gatewright.server.preview;

import io.gatewright.xds.ResourceKey;
import java.util.List;

/**
 * An Envoy resource that would differ. Immutable.
 *
 * @param bytesBefore its size as it goes out, 0 when it is new
 * @param bytesAfter 0 when it goes away
 * @param difference lines of a unified diff of its JSON; empty when it is not among those that are shown in full
 */
public record ResourceChange(ResourceKey key, int bytesBefore, int bytesAfter, List<String> difference) {}
