package io.gatewright.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message from a client, whatever protocol variant it came in. Immutable.
 *
 * @param nonce of the response it answers; empty if it answers none
 * @param error the client's reason if it rejects that response
 * @param known name to version of what the client already has; only in its first message for a type
 */
record Ask(
        String typeUrl,
        Node node,
        String nonce,
        @Nullable String error,
        List<String> subscribe,
        List<String> unsubscribe,
        Map<String, String> known) {}
