/**
 * The Admin API of a Kong without a database, for tests of what posts configuration to one: {@code /config}, {@code /status}
 * and {@code /}, with the answers and hashes of Kong 3.9.3.
 *
 * <p>Start at {@link io.gatewright.testkit.admin.SimulatedAdmin}. Must not depend on the plugin socket.
 */
@NullMarked
package io.gatewright.testkit.admin;

import org.jspecify.annotations.NullMarked;
