/**
 * A Kong for tests of plugins: plays Kong's side of the plugin socket.
 *
 * <p>Start reading at {@link io.gatewright.testkit.SimulatedKong}. {@link io.gatewright.testkit.KongWorker} speaks the protocol with the
 * errors, retries and gaps of each version; {@link io.gatewright.testkit.Script} answers calls from a list, and
 * {@link io.gatewright.testkit.ProxiedRequest} from a real request on its way to a real upstream. Uses frames and messages of the
 * PDK; a plugin server of any language can be at the other end.
 */
@NullMarked
package io.gatewright.testkit;

import org.jspecify.annotations.NullMarked;
