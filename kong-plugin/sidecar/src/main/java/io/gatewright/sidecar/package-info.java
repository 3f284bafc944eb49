/**
 * The process beside a gateway: {@link io.gatewright.sidecar.Main} wires the guard to a door for Envoy and one for Kong.
 * What a gateway must not decide by itself is decided here.
 */
@NullMarked
package io.gatewright.sidecar;

import org.jspecify.annotations.NullMarked;
