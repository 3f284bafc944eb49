package io.gatewright.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import org.jspecify.annotations.Nullable;

/**
 * One message from a client, whatever protocol variant it came in. Immutable.
 *
 * @param nonce of the response it answers; empty if it answers none
 * @param error the client's reason if it rejects that response
 */
record Ask(
        String typeUrl, Node node, String nonce, @Nullable String error, Interest interest) {}
