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

    static List<TypedExtensionConfig> filters(List<String> names) {
        if (names.isEmpty()) {
            return List.of();
        }
        StringBuilder first = new StringBuilder();
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            first.append("!('%1$s' in request.headers) || request.headers['%1$s'] == '' ? '%1$s' : "
                    .formatted(lower.replace("'", "\\'")));
        }
        Principal missing = Principal.newBuilder()
                .setHeader(HeaderMatcher.newBuilder()
                        .setName(MISSING)
                        .setStringMatch(StringMatcher.newBuilder()
                                .setSafeRegex(RegexMatcher.newBuilder().setRegex(".*[^-].*"))))
                .build();
        return List.of(
                Protos.extension(
                        "required-headers",
                        HeaderMutations.of(List.of(Protos.header(MISSING, "%CEL(" + first + "'-')%")), List.of())),
                Denial.when(Denial.MISSING_HEADER, missing));
    }
}
