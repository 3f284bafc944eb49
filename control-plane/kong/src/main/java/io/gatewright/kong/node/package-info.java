/**
 * Brings bundles to Kongs without a database, proves that they run, and keeps it so.
 *
 * <p>Start at {@link io.gatewright.kong.node.KongFleet} and {@link io.gatewright.kong.node.KongNode}; {@code Application} is
 * one attempt, read from top to bottom. Must not depend on the registry or the server.
 */
@NullMarked
package io.gatewright.kong.node;

import org.jspecify.annotations.NullMarked;
