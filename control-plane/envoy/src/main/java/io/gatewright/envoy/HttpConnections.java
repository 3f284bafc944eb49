package io.gatewright.envoy;

import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.HeadersWithUnderscoresAction;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.Composite;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.InternalAddressConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRds;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import io.gatewright.settings.Body.Listener;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Settings;
import java.time.Duration;

/** The HTTP connection manager of every listener: hardening, scoped routes and the filters of {@link FilterOrder}. */
final class HttpConnections {
    private static final int STREAM_WINDOW_BYTES = 65_536;
    private static final int CONNECTION_WINDOW_BYTES = 1_048_576;

    private HttpConnections() {}

    static HttpConnectionManager of(Settings settings, Listener listener) {
        HttpConnectionManager.Builder manager = HttpConnectionManager.newBuilder()
                .setStatPrefix("gatewright")
                .setScopedRoutes(scopedRoutes())
                .addEarlyHeaderMutationExtensions(Entry.mutations(listener))
                .setLocalReplyConfig(LocalReplies.config());
        harden(manager, settings);
        for (FilterOrder filter : FilterOrder.values()) {
            if (filter.isServed(settings)) {
                manager.addHttpFilters(filter(filter));
            }
        }
        return manager.build();
    }

    private static HttpFilter filter(FilterOrder filter) {
        HttpFilter.Builder builder = HttpFilter.newBuilder().setName(filter.filterName());
        if (filter == FilterOrder.JWT_AUTHN) {
            return builder.setConfigDiscovery(ExtensionConfigSource.newBuilder()
                            .setConfigSource(ads())
                            .addTypeUrls("type.googleapis.com/"
                                    + JwtAuthentication.getDescriptor().getFullName()))
                    .build();
        }
        Message config = switch (filter) {
            case OF_ALL -> HeaderMutations.ofAll();
            case PREFLIGHT_SCOPE -> Preflight.scopeFilter();
            case PREFLIGHT_RESELECT -> Preflight.reselectFilter();
            case CORS, CORS_OF_TOKEN -> Cors.getDefaultInstance();
            case JWT_AUTHN -> throw new AssertionError("built above");
            case FOR_ALL -> Identity.refusedForAll();
            case ACCESS -> notBeacon(filter, Composite.getDefaultInstance());
            case RATE_LIMIT -> notBeacon(filter, LocalLimit.filter());
            case SHARED_LIMIT_OPEN -> notBeacon(filter, SharedLimit.filter(false));
            case SHARED_LIMIT_CLOSED -> notBeacon(filter, SharedLimit.filter(true));
            case GUARD -> GuardCall.filter();
            case ROUTER -> Router.getDefaultInstance();
        };
        return builder.setTypedConfig(Protos.any(config)).build();
    }

    private static Message notBeacon(FilterOrder filter, Message config) {
        return Conditional.filter(filter.filterName(), config, Routes.notBeacon());
    }

    private static ScopedRoutes scopedRoutes() {
        return ScopedRoutes.newBuilder()
                .setName("tenants")
                .setScopeKeyBuilder(ScopeKey.builder())
                .setRdsConfigSource(ads())
                .setScopedRds(ScopedRds.newBuilder().setScopedRdsConfigSource(ads()))
                .build();
    }

    /** Waits for the first answer for good: after a time-out Envoy would serve without any scope. */
    static ConfigSource ads() {
        return ConfigSource.newBuilder()
                .setAds(AggregatedConfigSource.getDefaultInstance())
                .setResourceApiVersion(ApiVersion.V3)
                .setInitialFetchTimeout(Protos.duration(Duration.ZERO))
                .build();
    }

    private static void harden(HttpConnectionManager.Builder manager, Settings settings) {
        long headerBytes = settings.global().get(Catalog.HEADERS_MAX_BYTES);
        manager.setUseRemoteAddress(com.google.protobuf.BoolValue.of(true))
                .setInternalAddressConfig(nobody())
                .setNormalizePath(com.google.protobuf.BoolValue.of(true))
                .setMergeSlashes(true)
                .setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.REJECT_REQUEST)
                .setStripAnyHostPort(true)
                .setStripTrailingHostDot(true)
                .setMaxRequestHeadersKb(Protos.uint32(Math.ceilDiv(headerBytes, 1024)))
                .setRequestHeadersTimeout(Protos.duration(Duration.ofSeconds(10)))
                .setStreamIdleTimeout(Protos.duration(Duration.ofSeconds(60)))
                .setRequestTimeout(Protos.duration(Duration.ofSeconds(60)))
                .setDelayedCloseTimeout(Protos.duration(Duration.ofSeconds(1)))
                .setCommonHttpProtocolOptions(HttpProtocolOptions.newBuilder()
                        .setIdleTimeout(Protos.duration(Duration.ofMinutes(5)))
                        .setMaxHeadersCount(UInt32Value.of(100))
                        .setHeadersWithUnderscoresAction(HeadersWithUnderscoresAction.REJECT_REQUEST)
                        .setMaxConnectionDuration(Protos.duration(Duration.ofHours(1)))
                        .setMaxStreamDuration(Protos.duration(Duration.ofMinutes(10))))
                .setHttp2ProtocolOptions(Http2ProtocolOptions.newBuilder()
                        .setMaxConcurrentStreams(UInt32Value.of(100))
                        .setInitialStreamWindowSize(UInt32Value.of(STREAM_WINDOW_BYTES))
                        .setInitialConnectionWindowSize(UInt32Value.of(CONNECTION_WINDOW_BYTES)))
                .setRequestIdExtension(
                        io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension
                                .newBuilder()
                                .setTypedConfig(Protos.any(UuidRequestIdConfig.newBuilder()
                                        .setPackTraceReason(com.google.protobuf.BoolValue.of(false))
                                        .build())))
                .setServerName("gatewright")
                .setAppendLocalOverload(true);
    }

    /** An empty one would mean all private addresses; a request never comes from this one (RFC 1122, 3.2.1.3). */
    private static InternalAddressConfig nobody() {
        return InternalAddressConfig.newBuilder()
                .addCidrRanges(
                        CidrRange.newBuilder().setAddressPrefix("0.0.0.0").setPrefixLen(UInt32Value.of(32)))
                .build();
    }

    static TypedExtensionConfig jwtAuthn(Settings settings) {
        return Protos.extension(FilterOrder.JWT_AUTHN.filterName(), JwtAuthn.filter(settings));
    }
}
