/**
 * The props of the demo and of the proofs: an issuer with real keys, an upstream that echoes, the sample registry.
 *
 * <p>Everything listens on loopback, at a port of the system's choice. Needs nothing of the control plane.
 */
@NullMarked
package io.gatewright.demo;

import org.jspecify.annotations.NullMarked;
