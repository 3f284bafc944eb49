/**
 * The signing keys of issuers: asked for by one replica, guarded, merged with what is known, written as a revision.
 *
 * <p>Start at {@link io.gatewright.server.keys.SigningKeyJob}, then {@code SigningKeyFetcher}; {@code AllowedAddresses} says
 * whom it may ask. Knows the registry and Vert.x, not the rest of the server.
 */
@NullMarked
package io.gatewright.server.keys;

import org.jspecify.annotations.NullMarked;
