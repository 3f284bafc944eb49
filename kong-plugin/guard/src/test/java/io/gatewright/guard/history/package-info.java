/**
 * Judges what clients saw of requests with keys, whatever gateway was between; start at {@link io.gatewright.guard.history.History}.
 * Knows nothing of the guard.
 */
@NullMarked
package io.gatewright.guard.history;

import org.jspecify.annotations.NullMarked;
