package io.gatewright.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.gatewright.proto.envoy.ratelimitconfig.RateLimitConfig;
import java.util.List;
import java.util.stream.IntStream;

/** Small resources. A content that begins with "bad" is rejected by {@link FakeEnvoy}. */
final class Samples {
    private Samples() {}

    static Resource scope(String name, String content) {
        ScopedRouteConfiguration.Builder scope =
                ScopedRouteConfiguration.newBuilder().setName(name);
        scope.getKeyBuilder().addFragmentsBuilder().setStringKey(name);
        scope.getRouteConfigurationBuilder()
                .setName("rc-" + name)
                .addVirtualHostsBuilder()
                .setName(content)
                .addDomains("*");
        return Resource.of(ResourceType.SCOPED_ROUTE, name, scope.build());
    }

    static List<Resource> scopes(int count, String content) {
        return IntStream.range(0, count)
                .mapToObj(i -> scope("t%05d".formatted(i), content))
                .toList();
    }

    static Resource cluster(String name, String content) {
        return Resource.of(
                ResourceType.CLUSTER,
                name,
                Cluster.newBuilder().setName(name).setAltStatName(content).build());
    }

    static Resource endpoint(String name, String content) {
        ClusterLoadAssignment.Builder assignment =
                ClusterLoadAssignment.newBuilder().setClusterName(name);
        assignment.addEndpointsBuilder().getLocalityBuilder().setZone(content);
        return Resource.of(ResourceType.ENDPOINT, name, assignment.build());
    }

    static Resource listener(String name, String content) {
        return Resource.of(
                ResourceType.LISTENER,
                name,
                Listener.newBuilder().setName(name).setStatPrefix(content).build());
    }

    static Resource extension(String name, String content) {
        TypedExtensionConfig.Builder extension =
                TypedExtensionConfig.newBuilder().setName(name);
        extension.getTypedConfigBuilder().setTypeUrl("type.googleapis.com/" + content);
        return Resource.of(ResourceType.EXTENSION_CONFIG, name, extension.build());
    }

    static Resource route(String name, String content) {
        RouteConfiguration.Builder route = RouteConfiguration.newBuilder().setName(name);
        route.addVirtualHostsBuilder().setName(content).addDomains("*");
        return Resource.of(ResourceType.ROUTE, name, route.build());
    }

    static Resource secret(String name, String content) {
        Secret.Builder secret = Secret.newBuilder().setName(name);
        secret.getGenericSecretBuilder().getSecretBuilder().setInlineString(content);
        return Resource.of(ResourceType.SECRET, name, secret.build());
    }

    static Resource of(ResourceType type, String name, String content) {
        return switch (type) {
            case CLUSTER -> cluster(name, content);
            case ENDPOINT -> endpoint(name, content);
            case LISTENER -> listener(name, content);
            case ROUTE -> route(name, content);
            case SCOPED_ROUTE -> scope(name, content);
            case EXTENSION_CONFIG -> extension(name, content);
            case SECRET -> secret(name, content);
            case RATE_LIMIT_CONFIG ->
                Resource.of(
                        type,
                        name,
                        RateLimitConfig.newBuilder()
                                .setName(name)
                                .setDomain(content)
                                .build());
        };
    }

    static ResourceKey scopeKey(String name) {
        return new ResourceKey(ResourceType.SCOPED_ROUTE, name);
    }

    /** The content that was given to the factory method, whether or not the bytes are salted. */
    static String content(ResourceType type, ByteString packed) {
        ByteString value = Resource.unpack(packed).getValue();
        try {
            return switch (type) {
                case SCOPED_ROUTE ->
                    parseScope(packed)
                            .getRouteConfiguration()
                            .getVirtualHosts(0)
                            .getName();
                case CLUSTER -> Cluster.parseFrom(value).getAltStatName();
                case ENDPOINT ->
                    ClusterLoadAssignment.parseFrom(value)
                            .getEndpoints(0)
                            .getLocality()
                            .getZone();
                case LISTENER -> Listener.parseFrom(value).getStatPrefix();
                case EXTENSION_CONFIG ->
                    TypedExtensionConfig.parseFrom(value)
                            .getTypedConfig()
                            .getTypeUrl()
                            .substring("type.googleapis.com/".length());
                case ROUTE ->
                    RouteConfiguration.parseFrom(value).getVirtualHosts(0).getName();
                case SECRET ->
                    Secret.parseFrom(value).getGenericSecret().getSecret().getInlineString();
                case RATE_LIMIT_CONFIG -> RateLimitConfig.parseFrom(value).getDomain();
            };
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The name that the message itself says; the state-of-the-world variant has no other. */
    static String name(ResourceType type, ByteString packed) {
        ByteString value = Resource.unpack(packed).getValue();
        try {
            return switch (type) {
                case CLUSTER -> Cluster.parseFrom(value).getName();
                case ENDPOINT -> ClusterLoadAssignment.parseFrom(value).getClusterName();
                case LISTENER -> Listener.parseFrom(value).getName();
                case ROUTE -> RouteConfiguration.parseFrom(value).getName();
                case SCOPED_ROUTE -> parseScope(packed).getName();
                case EXTENSION_CONFIG -> TypedExtensionConfig.parseFrom(value).getName();
                case SECRET -> Secret.parseFrom(value).getName();
                case RATE_LIMIT_CONFIG -> RateLimitConfig.parseFrom(value).getName();
            };
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static ScopedRouteConfiguration parseScope(ByteString packed) {
        try {
            return ScopedRouteConfiguration.parseFrom(Resource.unpack(packed).getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
