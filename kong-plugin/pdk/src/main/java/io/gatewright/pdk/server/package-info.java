/**
 * The plugin server: listens on a Unix socket, keeps the instances that Kong starts, runs handlers, answers for those that fail.
 *
 * <p>Start reading at {@link io.gatewright.pdk.server.KongPluginServer}, then {@link io.gatewright.pdk.server.Connection} for one
 * connection and {@link io.gatewright.pdk.server.Event} for one event on it. Depends on the API, {@code config} and {@code wire}.
 */
@NullMarked
package io.gatewright.pdk.server;

import org.jspecify.annotations.NullMarked;
