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
import com.github.xds.type.matcher.v3.RegexMatcher.GoogleRE2;
import com.github.xds.type.matcher.v3.StringMatcher;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.filters.common.matcher.action.v3.SkipFilter;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;
import java.util.List;

/**
 * Filters that run for some requests only. The condition is judged when the headers reach the filter, with what the filters
 * before it have written.
 */
final class Conditional {
    private Conditional() {}

    /** @param name of the filter, as Envoy's registry or {@link FilterOrder} has it */
    static Message filter(String name, Message config, Predicate wanted) {
        FieldMatcher skipOthers = FieldMatcher.newBuilder()
                .setPredicate(Predicate.newBuilder().setNotMatcher(wanted))
                .setOnMatch(OnMatch.newBuilder().setAction(xds("skip", SkipFilter.getDefaultInstance())))
                .build();
        return ExtensionWithMatcher.newBuilder()
                .setExtensionConfig(Protos.extension(name, config))
                .setXdsMatcher(Matcher.newBuilder()
                        .setMatcherList(MatcherList.newBuilder().addMatchers(skipOthers)))
                .build();
    }

    static Predicate headerIs(String name, String value) {
        return header(name, StringMatcher.newBuilder().setExact(value));
    }

    static Predicate headerStarts(String name, String value) {
        return header(name, StringMatcher.newBuilder().setPrefix(value));
    }

    /** Also an empty one. */
    static Predicate headerPresent(String name) {
        return headerMatches(name, "(?s).*");
    }

    /** @param expression of RE2, for the whole value */
    static Predicate headerMatches(String name, String expression) {
        return header(
                name,
                StringMatcher.newBuilder()
                        .setSafeRegex(RegexMatcher.newBuilder()
                                .setGoogleRe2(GoogleRE2.getDefaultInstance())
                                .setRegex(expression)));
    }

    static Predicate not(Predicate predicate) {
        return Predicate.newBuilder().setNotMatcher(predicate).build();
    }

    static Predicate all(Predicate... predicates) {
        return Predicate.newBuilder().setAndMatcher(list(predicates)).build();
    }

    static Predicate any(Predicate... predicates) {
        return Predicate.newBuilder().setOrMatcher(list(predicates)).build();
    }

    private static PredicateList list(Predicate... predicates) {
        return PredicateList.newBuilder().addAllPredicate(List.of(predicates)).build();
    }

    private static Predicate header(String name, StringMatcher.Builder value) {
        HttpRequestHeaderMatchInput input =
                HttpRequestHeaderMatchInput.newBuilder().setHeaderName(name).build();
        return Predicate.newBuilder()
                .setSinglePredicate(
                        SinglePredicate.newBuilder().setInput(xds(name, input)).setValueMatch(value))
                .build();
    }

    private static TypedExtensionConfig xds(String name, Message config) {
        return TypedExtensionConfig.newBuilder()
                .setName(name)
                .setTypedConfig(Protos.any(config))
                .build();
    }
}
