/** Proofs of the registry on a real Postgres. */
@NullMarked
package io.gatewright.registry;

import org.jspecify.annotations.NullMarked;
