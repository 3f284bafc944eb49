package io.gatewright.sidecar.policy;

import io.gatewright.settings.Body.Upstream;
import java.time.Duration;

/**
 * Where a module says what became of an attempt. Immutable.
 *
 * @param path below the upstream's root, with one segment <code>{attempt}</code>
 * @param bound how long the module may still act on an attempt that nobody waits for any more
 */
public record Probe(Upstream upstream, String path, Duration bound) {}
