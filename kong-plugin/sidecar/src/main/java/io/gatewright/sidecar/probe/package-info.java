/**
 * Asks modules what became of attempts of which nobody knows how they ended, and settles them. Start at {@link
 * io.gatewright.sidecar.probe.Prober}. Knows no gateway.
 */
@NullMarked
package io.gatewright.sidecar.probe;

import org.jspecify.annotations.NullMarked;
