/**
 * The door for Kong: two plugins on its external plugin socket. {@link io.gatewright.sidecar.kong.GuardPlugin} says who calls,
 * {@link io.gatewright.sidecar.kong.IdempotencyPlugin} what a retry gets. Nothing else knows Kong.
 */
@NullMarked
package io.gatewright.sidecar.kong;

import org.jspecify.annotations.NullMarked;
