/**
 * The protocol of claims as a small model, explored whole: every interleaving of three attempts on one key, each of which may
 * crash at every step, with leases that may end at any step, since no clock is trusted.
 */
@NullMarked
package io.gatewright.guard.model;

import org.jspecify.annotations.NullMarked;
