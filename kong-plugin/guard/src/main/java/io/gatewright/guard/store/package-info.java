/**
 * Claims on idempotency keys and the answers kept for replay, in Postgres, schema {@code idempotency}: start at {@code
 * IdempotencyStore}. One round trip acquires, one ends. The database's clock alone decides leases and expiry. Knows no policy
 * and no gateway.
 */
@NullMarked
package io.gatewright.guard.store;

import org.jspecify.annotations.NullMarked;
