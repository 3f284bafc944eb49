package io.gatewright.envoy;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.gatewright.proto.envoy.setfilterstate.Config;
import java.util.List;

/**
 * Gives a CORS preflight whose host belongs to no tenant to the scope {@link NoTenantScope}. A preflight carries neither
 * token nor tenant header, and scoped routes have no default. Two filters, run for preflights only: the first names the
 * scope when none was found, the second has the route looked up again.
 */
final class Preflight {
    private Preflight() {}

    static Message scopeFilter() {
        String scope = "%CEL(has(xds.route_name) && xds.route_name != '' ? request.headers['" + ScopeKey.HEADER
                + "'] : '" + ScopeKey.NO_TENANT + "')%";
        return onlyForPreflights(
                FilterOrder.PREFLIGHT_SCOPE,
                HeaderMutations.of(List.of(Protos.header(ScopeKey.HEADER, scope)), List.of()));
    }

    static Message reselectFilter() {
        FilterStateValue marker = FilterStateValue.newBuilder()
                .setObjectKey("gatewright.preflight")
                .setFactoryKey("envoy.string")
                .setFormatString(SubstitutionFormatString.newBuilder()
                        .setTextFormatSource(DataSource.newBuilder().setInlineString("1")))
                .build();
        return onlyForPreflights(
                FilterOrder.PREFLIGHT_RESELECT,
                Config.newBuilder()
                        .addOnRequestHeaders(marker)
                        .setClearRouteCache(true)
                        .build());
    }

    private static Message onlyForPreflights(FilterOrder filter, Message config) {
        return Conditional.filter(
                filter.filterName(),
                config,
                Conditional.all(
                        Conditional.headerIs(":method", "OPTIONS"),
                        Conditional.headerMatches("access-control-request-method", ".+")));
    }
}
