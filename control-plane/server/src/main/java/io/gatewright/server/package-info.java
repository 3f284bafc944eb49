/**
 * The control plane's process: configuration, wiring, publisher, signing keys, health and metrics.
 *
 * <p>Start at {@link io.gatewright.server.Main}, then {@code Wiring}, the one place that opens pools and starts threads.
 * The HTTP API is in {@link io.gatewright.server.api}. Nothing depends on this package.
 */
@NullMarked
package io.gatewright.server;

import org.jspecify.annotations.NullMarked;
