/**
 * Proofs of the HTTP API, the command line and the start against the real control plane, as its own process.
 *
 * <p>Start at {@code Plane}: one control plane with the sample registry, and short ways to ask it. No gateway is needed.
 */
@NullMarked
package io.gatewright.api;

import org.jspecify.annotations.NullMarked;
