/**
 * What counts for a request, from the settings feed: which module and route it meets, and their policy. Start at {@link
 * io.gatewright.sidecar.policy.Policies}. Knows no gateway.
 */
@NullMarked
package io.gatewright.sidecar.policy;

import org.jspecify.annotations.NullMarked;
