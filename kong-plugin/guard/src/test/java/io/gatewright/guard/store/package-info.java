/** Tests of the store against a real Postgres. */
@NullMarked
package io.gatewright.guard.store;

import org.jspecify.annotations.NullMarked;
