/** Proofs of the bootstrap and of the process, against a real Envoy. */
@NullMarked
package io.gatewright.envoybootstrap;

import org.jspecify.annotations.NullMarked;
