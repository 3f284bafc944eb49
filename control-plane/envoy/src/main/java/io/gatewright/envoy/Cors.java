package io.gatewright.envoy;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import java.util.Collection;
import java.util.List;

/**
 * Cross-origin resource sharing (Fetch standard, CORS protocol). A preflight is answered here and never forwarded: by
 * default Envoy passes one from a foreign origin on to the upstream.
 */
final class Cors {
    private Cors() {}

    /** The policy of a scope; without origins one that is switched off. */
    static CorsPolicy policy(Effective effective) {
        return policy(
                effective.get(Catalog.CORS_ALLOWED_ORIGINS),
                effective.get(Catalog.CORS_ALLOWED_METHODS),
                effective.get(Catalog.CORS_ALLOWED_HEADERS),
                effective.get(Catalog.CORS_EXPOSED_HEADERS),
                effective.get(Catalog.CORS_ALLOW_CREDENTIALS),
                effective.get(Catalog.CORS_MAX_AGE).toSeconds());
    }

    /** The policy for preflights whose tenant is not known yet: the tenant's own policy judges the request that follows. */
    static CorsPolicy joined(Collection<String> origins) {
        return policy(
                List.copyOf(origins),
                Catalog.CORS_ALLOWED_METHODS.defaultValue(),
                Catalog.CORS_ALLOWED_HEADERS.defaultValue(),
                List.of(),
                false,
                Catalog.CORS_MAX_AGE.defaultValue().toSeconds());
    }

    private static CorsPolicy policy(
            List<String> origins,
            List<String> methods,
            List<String> headers,
            List<String> exposed,
            boolean credentials,
            long maxAgeSeconds) {
        if (origins.isEmpty()) {
            return CorsPolicy.newBuilder()
                    .setFilterEnabled(Protos.percent(false))
                    .build();
        }
        return CorsPolicy.newBuilder()
                .addAllAllowOriginStringMatch(origins.stream().map(Cors::origin).toList())
                .setAllowMethods(String.join(", ", methods))
                .setAllowHeaders(String.join(", ", headers))
                .setExposeHeaders(String.join(", ", exposed))
                .setMaxAge(Long.toString(maxAgeSeconds))
                .setAllowCredentials(BoolValue.of(credentials))
                .setForwardNotMatchingPreflights(BoolValue.of(false))
                .build();
    }

    private static StringMatcher origin(String origin) {
        int wildcard = origin.indexOf("*.");
        if (wildcard < 0) {
            return StringMatcher.newBuilder().setExact(origin).build();
        }
        String expression = origin.substring(0, wildcard) + "[a-z0-9-]+\\."
                + origin.substring(wildcard + 2).replace(".", "\\.");
        return StringMatcher.newBuilder()
                .setSafeRegex(RegexMatcher.newBuilder().setRegex(expression))
                .build();
    }

    /** Envoy's cors filter sends no Vary: a cache could hand one origin's answer to another. */
    static HeaderValueOption vary() {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey("vary").setValue("Origin"))
                .setAppendAction(HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)
                .build();
    }
}
