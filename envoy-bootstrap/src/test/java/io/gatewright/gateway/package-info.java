/**
 * What a real Envoy does with what the control plane gives it: every policy, delivery, and outages. Start at {@link
 * io.gatewright.gateway.RealGateway}; nothing here looks at resources, only at requests and answers.
 */
@NullMarked
package io.gatewright.gateway;

import org.jspecify.annotations.NullMarked;
