package io.gatewright.envoy;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.filters.common.matcher.action.v3.SkipFilter;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.Composite;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;
import io.gatewright.proto.envoy.bodysizelimit.BodySizeLimit;
import io.gatewright.proto.envoy.composite.CompositePerRoute;
import io.gatewright.proto.envoy.composite.ExecuteFilterAction;
import io.gatewright.proto.envoy.localratelimit.LocalRateLimit;
import io.gatewright.proto.envoy.ratelimit.RateLimit;
import io.gatewright.proto.envoy.ratelimit.RateLimitPerRoute;
import io.gatewright.proto.envoy.ratelimitconfig.RateLimitConfig;
import io.gatewright.proto.envoy.setfilterstate.Config;
import io.gatewright.xds.Resource;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Resources as JSON for people: sorted, every nested message spelled out, our newer messages before the old ones.
 * Thread-safe: pure functions.
 */
public final class ResourceJson {
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer()
            .sortingMapKeys()
            .usingTypeRegistry(TypeRegistry.newBuilder()
                    .add(BodySizeLimit.getDescriptor())
                    .add(CompositePerRoute.getDescriptor())
                    .add(ExecuteFilterAction.getDescriptor())
                    .add(LocalRateLimit.getDescriptor())
                    .add(RateLimit.getDescriptor())
                    .add(RateLimitPerRoute.getDescriptor())
                    .add(RateLimitConfig.getDescriptor())
                    .add(Config.getDescriptor())
                    .add(io.gatewright.proto.envoy.earlyheadermutation.HeaderMutation.getDescriptor())
                    .add(Cluster.getDescriptor())
                    .add(Listener.getDescriptor())
                    .add(FilterConfig.getDescriptor())
                    .add(ScopedRouteConfiguration.getDescriptor())
                    .add(ExpressionFilter.getDescriptor())
                    .add(ExtensionWithMatcher.getDescriptor())
                    .add(SkipFilter.getDescriptor())
                    .add(Composite.getDescriptor())
                    .add(Cors.getDescriptor())
                    .add(CorsPolicy.getDescriptor())
                    .add(HeaderMutation.getDescriptor())
                    .add(ExternalProcessor.getDescriptor())
                    .add(ExtProcPerRoute.getDescriptor())
                    .add(JwtAuthentication.getDescriptor())
                    .add(RBAC.getDescriptor())
                    .add(Router.getDescriptor())
                    .add(HttpConnectionManager.getDescriptor())
                    .add(UuidRequestIdConfig.getDescriptor())
                    .add(UpstreamTlsContext.getDescriptor())
                    .add(HttpProtocolOptions.getDescriptor())
                    .add(HttpRequestHeaderMatchInput.getDescriptor())
                    .build());

    private ResourceJson() {}

    /** A list of them. */
    static String print(Collection<Resource> resources) {
        return resources.stream().map(ResourceJson::print).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    /** One of those that {@link EnvoyTranslator} makes, over many lines. */
    public static String print(Resource resource) {
        try {
            return PRINTER.print(Any.parseFrom(resource.packed()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(resource + " cannot be printed", e);
        }
    }
}
