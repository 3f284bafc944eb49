package io.gatewright.envoy;

import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;
import java.util.Locale;

/** Refuses requests that lack a header. The first one that is missing or empty is put where the answer can name it. */
final class RequiredHeaders {
    static final String MISSING = "x-gatewright-missing";

    private RequiredHeaders() {}

    /** Puts the first name that is missing into a header; {@code names} must not be empty. */
    static TypedExtensionConfig nameFirstMissing(List<String> names) {
        StringBuilder first = new StringBuilder();
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            first.append("!('%1$s' in request.headers) || request.headers['%1$s'] == '' ? '%1$s' : "
                    .formatted(lower.replace("'", "\\'")));
        }
        return Protos.extension(
                "required-headers",
                HeaderMutations.of(List.of(Protos.header(MISSING, "%CEL(" + first + "'-')%")), List.of()));
    }

    /** A request in which {@link #nameFirstMissing} found one missing. */
    static Principal missing() {
        return Principal.newBuilder()
                .setHeader(HeaderMatcher.newBuilder()
                        .setName(MISSING)
                        .setStringMatch(StringMatcher.newBuilder()
                                .setSafeRegex(RegexMatcher.newBuilder().setRegex(".*[^-].*"))))
                .build();
    }
}
