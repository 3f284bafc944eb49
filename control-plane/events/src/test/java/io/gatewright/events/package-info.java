/** Proofs on a real Postgres. Start at {@code EventHistory}, which knows what must have arrived. */
@NullMarked
package io.gatewright.events;

import org.jspecify.annotations.NullMarked;
