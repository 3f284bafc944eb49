package io.gatewright.envoy;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.Matcher.MatcherList;
import com.github.xds.type.matcher.v3.Matcher.MatcherList.FieldMatcher;
import com.github.xds.type.matcher.v3.Matcher.MatcherList.Predicate;
import com.github.xds.type.matcher.v3.Matcher.MatcherList.Predicate.PredicateList;
import com.github.xds.type.matcher.v3.Matcher.MatcherList.Predicate.SinglePredicate;
import com.github.xds.type.matcher.v3.Matcher.OnMatch;
import com.github.xds.type.matcher.v3.RegexMatcher;
import com.github.xds.type.matcher.v3.StringMatcher;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.filters.common.matcher.action.v3.SkipFilter;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;
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
        Predicate preflight = Predicate.newBuilder()
                .setAndMatcher(PredicateList.newBuilder()
                        .addPredicate(
                                header(":method", StringMatcher.newBuilder().setExact("OPTIONS")))
                        .addPredicate(header(
                                "access-control-request-method",
                                StringMatcher.newBuilder()
                                        .setSafeRegex(RegexMatcher.newBuilder()
                                                .setGoogleRe2(RegexMatcher.GoogleRE2.getDefaultInstance())
                                                .setRegex(".+")))))
                .build();
        FieldMatcher skipOthers = FieldMatcher.newBuilder()
                .setPredicate(Predicate.newBuilder().setNotMatcher(preflight))
                .setOnMatch(OnMatch.newBuilder().setAction(xds("skip", SkipFilter.getDefaultInstance())))
                .build();
        return ExtensionWithMatcher.newBuilder()
                .setExtensionConfig(Protos.extension(filter.filterName(), config))
                .setXdsMatcher(Matcher.newBuilder()
                        .setMatcherList(MatcherList.newBuilder().addMatchers(skipOthers)))
                .build();
    }

    private static Predicate header(String name, StringMatcher.Builder value) {
        return Predicate.newBuilder()
                .setSinglePredicate(SinglePredicate.newBuilder()
                        .setInput(xds(
                                name,
                                HttpRequestHeaderMatchInput.newBuilder()
                                        .setHeaderName(name)
                                        .build()))
                        .setValueMatch(value))
                .build();
    }

    private static TypedExtensionConfig xds(String name, Message config) {
        return TypedExtensionConfig.newBuilder()
                .setName(name)
                .setTypedConfig(Protos.any(config))
                .build();
    }
}
