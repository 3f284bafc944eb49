package io.gatewright.xds;

import java.util.Map;

/**
 * The order between types on one stream. Guarded by the stream's lock.
 *
 * <p>What refers to a cluster waits until the cluster is there, and a cluster goes only after what refers to it has gone: Envoy
 * rejects, or answers 503 for, a route to a cluster it does not know. A type the client has not asked for holds nobody up.
 */
final class SendOrder {
    private final Map<ResourceType, TypeSubscription> subscriptions;

    SendOrder(Map<ResourceType, TypeSubscription> subscriptions) {
        this.subscriptions = subscriptions;
    }

    boolean additionsAllowed(ResourceType type) {
        return switch (type) {
            case LISTENER, ROUTE, SCOPED_ROUTE, EXTENSION_CONFIG -> {
                TypeSubscription clusters = subscriptions.get(ResourceType.CLUSTER);
                yield clusters == null || !clusters.bringsAdditions();
            }
            case CLUSTER, ENDPOINT, SECRET, RATE_LIMIT_CONFIG -> true;
        };
    }

    boolean removalsAllowed(ResourceType type) {
        return switch (type) {
            case CLUSTER ->
                isIdle(ResourceType.ROUTE)
                        && isIdle(ResourceType.SCOPED_ROUTE)
                        && isIdle(ResourceType.EXTENSION_CONFIG);
            case ENDPOINT, LISTENER, ROUTE, SCOPED_ROUTE, EXTENSION_CONFIG, SECRET, RATE_LIMIT_CONFIG -> true;
        };
    }

    private boolean isIdle(ResourceType type) {
        TypeSubscription subscription = subscriptions.get(type);
        return subscription == null || subscription.isIdle();
    }
}
