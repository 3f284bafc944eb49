/** Proofs that the props of the demo are what they claim to be. */
@NullMarked
package io.gatewright.demo;

import org.jspecify.annotations.NullMarked;
