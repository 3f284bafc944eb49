/** Proofs of how signing keys are fetched, and from whom not. */
@NullMarked
package io.gatewright.server.keys;

import org.jspecify.annotations.NullMarked;
