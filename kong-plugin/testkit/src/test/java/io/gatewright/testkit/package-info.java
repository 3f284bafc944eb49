/**
 * Holds the simulated Kong to recordings of a real one, and to what was seen of each version.
 *
 * <p>Start reading at {@link io.gatewright.testkit.ProxyTest}.
 */
@NullMarked
package io.gatewright.testkit;

import org.jspecify.annotations.NullMarked;
