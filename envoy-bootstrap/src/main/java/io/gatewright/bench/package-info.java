/**
 * Measurements of the whole thing on a real Envoy: {@code ./gatewright bench NAME}.
 *
 * <p>Start at {@link io.gatewright.bench.Bench}. Progress goes to standard error; the last line on standard output is
 * {@code result NAME key=value …} with the unit in the key.
 */
@NullMarked
package io.gatewright.bench;

import org.jspecify.annotations.NullMarked;
