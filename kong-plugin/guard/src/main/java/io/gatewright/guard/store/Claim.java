package io.gatewright.guard.store;

import java.time.Duration;
import java.util.UUID;

/**
 * The right to run one request once. Immutable.
 *
 * @param fence grows with every claim on the same key; an end with an old one changes nothing
 * @param expiresIn from the acquisition to the end of the answer's time
 */
public record Claim(ScopedKey key, UUID attempt, long fence, Duration expiresIn) {}
