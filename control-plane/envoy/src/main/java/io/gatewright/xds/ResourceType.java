package io.gatewright.xds;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The resource types we serve, in the order in which they go out on a stream. Immutable. */
public enum ResourceType {
    CLUSTER("envoy.config.cluster.v3.Cluster", true),
    ENDPOINT("envoy.config.endpoint.v3.ClusterLoadAssignment", false),
    LISTENER("envoy.config.listener.v3.Listener", true),
    ROUTE("envoy.config.route.v3.RouteConfiguration", false),
    SCOPED_ROUTE("envoy.config.route.v3.ScopedRouteConfiguration", true),
    EXTENSION_CONFIG("envoy.config.core.v3.TypedExtensionConfig", false),
    SECRET("envoy.extensions.transport_sockets.tls.v3.Secret", false),
    /** For Envoy's rate limit service, which is a client of its own; no Envoy asks for it. */
    RATE_LIMIT_CONFIG("ratelimit.config.ratelimit.v3.RateLimitConfig", true);

    private static final Map<String, ResourceType> BY_URL =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ResourceType::typeUrl, Function.identity()));

    private final String messageName;
    private final String typeUrl;
    private final boolean collection;

    ResourceType(String messageName, boolean collection) {
        this.messageName = messageName;
        this.typeUrl = "type.googleapis.com/" + messageName;
        this.collection = collection;
    }

    /** {@code type.googleapis.com/} and the full name of the message. */
    public String typeUrl() {
        return typeUrl;
    }

    /** The type served under this URL, or empty if we do not serve it. */
    public static Optional<ResourceType> forTypeUrl(String typeUrl) {
        return Optional.ofNullable(BY_URL.get(typeUrl));
    }

    String messageName() {
        return messageName;
    }

    /**
     * Whether a first request without names asks for everything (xDS protocol, "How the client specifies what resources to
     * return"). For the others it asks for nothing: a client must name a secret, or "*", to be given it.
     */
    boolean collection() {
        return collection;
    }
}
