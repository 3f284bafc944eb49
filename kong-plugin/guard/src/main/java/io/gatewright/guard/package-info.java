/**
 * What a retry and a stale write mean, decided the same behind every gateway: start at {@code Guard}. It reads requests and answers as
 * {@link io.gatewright.guard.http} has them, keeps claims and answers in {@link io.gatewright.guard.store}, takes policy from the
 * settings, and knows no gateway.
 */
@NullMarked
package io.gatewright.guard;

import org.jspecify.annotations.NullMarked;
