/**
 * A real Envoy beside Gatewright: the bootstrap it starts with, the binary, the running process.
 *
 * <p>Start at {@link io.gatewright.envoybootstrap.EnvoyProcess}. The bootstrap file {@code bootstrap.yaml} is the one that
 * operators copy. Knows nothing of the control plane but its address.
 */
@NullMarked
package io.gatewright.envoybootstrap;

import org.jspecify.annotations.NullMarked;
