/**
 * Settings to Envoy resources, one file per policy.
 *
 * <p>Pure and deterministic: no clock, no logger, no I/O; the same settings give the same bytes on every machine. Start at
 * {@link io.gatewright.envoy.EnvoyTranslator}; the order of the filters and its reasons stand in {@code FilterOrder}.
 * Must not depend on the registry or the server.
 */
@NullMarked
package io.gatewright.envoy;

import org.jspecify.annotations.NullMarked;
