package io.gatewright.envoy;

import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor;

/**
 * What selects a tenant's scope: one header that only the gateway writes. Its value is a tenant id, one of a tenant's
 * hosts (which has a dot), the URL of an issuer that is fixed to a tenant (which has a colon), or {@link #NO_TENANT}; no
 * two of these can be equal.
 */
final class ScopeKey {
    static final String HEADER = "x-gatewright-scope";
    static final String NO_TENANT = "_none";

    /** Which tenant the listener is fixed to, if it is. */
    static final String LISTENER_HEADER = "x-gatewright-listener";

    private ScopeKey() {}

    static ScopeKeyBuilder builder() {
        return ScopeKeyBuilder.newBuilder()
                .addFragments(FragmentBuilder.newBuilder()
                        .setHeaderValueExtractor(HeaderValueExtractor.newBuilder()
                                .setName(HEADER)
                                .setIndex(0)))
                .build();
    }
}
