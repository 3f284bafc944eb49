package io.gatewright.kong;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Key;
import io.gatewright.settings.What;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Cross-origin resource sharing of a module. Kong's plugin answers a preflight before anybody is known, so it has the
 * origins of all tenants that may use the module, and credentials only when all those allow them. Without any origin there is
 * no plugin: to Kong, an empty list means every origin.
 */
final class Cors {
    private static final List<Key<?>> KEYS = List.of(
            Catalog.CORS_ALLOWED_ORIGINS,
            Catalog.CORS_ALLOWED_METHODS,
            Catalog.CORS_ALLOWED_HEADERS,
            Catalog.CORS_EXPOSED_HEADERS,
            Catalog.CORS_ALLOW_CREDENTIALS,
            Catalog.CORS_MAX_AGE);

    /** Kong's schema has no others. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    /** May be sent by any page anyhow. To Kong an empty list means: whatever is asked for. */
    private static final String HARMLESS_HEADER = "accept";

    private final TreeSet<String> origins = new TreeSet<>();
    private final TreeSet<String> methods = new TreeSet<>();
    private final TreeSet<String> headers = new TreeSet<>();
    private final TreeSet<String> exposed = new TreeSet<>();
    private final Sources sources = new Sources();
    private boolean credentials = true;
    private long maxAgeSeconds = Long.MAX_VALUE;

    private Cors() {}

    /** @param made those of places before this one, since modules without a setting of their own have the same */
    static Optional<Entity> plugin(Joined joined, Map<What, Cors> made, String module) {
        What.Module own = new What.Module(module);
        Cors cors = made.computeIfAbsent(joined.isNamed(own) ? own : What.ANY, what -> of(joined, what));
        return cors.origins.isEmpty()
                ? Optional.empty()
                : Optional.of(Plugins.inService(
                        "cors",
                        Names.service(module),
                        cors.config(),
                        new Provenance(cors.sources.revision(), null, module, cors.shownSources())));
    }

    private static Cors of(Joined joined, What what) {
        Cors cors = new Cors();
        joined.forEach(what, (tenant, effective) -> {
            if (!effective.get(Catalog.CORS_ALLOWED_ORIGINS).isEmpty()) {
                cors.add(effective);
                joined.addSources(cors.sources, tenant, what, KEYS);
            }
        });
        return cors;
    }

    private void add(Effective effective) {
        effective.get(Catalog.CORS_ALLOWED_ORIGINS).stream().map(Cors::origin).forEach(origins::add);
        effective.get(Catalog.CORS_ALLOWED_METHODS).stream()
                .filter(METHODS::contains)
                .forEach(methods::add);
        headers.addAll(effective.get(Catalog.CORS_ALLOWED_HEADERS));
        exposed.addAll(effective.get(Catalog.CORS_EXPOSED_HEADERS));
        credentials &= effective.get(Catalog.CORS_ALLOW_CREDENTIALS);
        maxAgeSeconds =
                Math.min(maxAgeSeconds, effective.get(Catalog.CORS_MAX_AGE).toSeconds());
    }

    private ObjectNode config() {
        ObjectNode config = Json.object()
                .put("credentials", credentials)
                .put("max_age", maxAgeSeconds)
                .put("preflight_continue", false);
        config.set("exposed_headers", Json.array(exposed));
        config.set("headers", Json.array(headers.isEmpty() ? List.of(HARMLESS_HEADER) : headers));
        config.set("methods", Json.array(methods));
        config.set("origins", Json.array(origins));
        return config;
    }

    /** Thousands of tenants would make thousands of tags: then the revision alone must do. */
    private SortedSet<String> shownSources() {
        return sources.settings().size() > 20 ? new TreeSet<>() : sources.settings();
    }

    /** A regular expression for a wildcard, always with the scheme: without one Kong would compare the host alone. */
    static String origin(String origin) {
        int wildcard = origin.indexOf("*.");
        return wildcard < 0
                ? origin
                : "^" + Routes.quoted(origin.substring(0, wildcard)) + "[a-z0-9-]+\\."
                        + Routes.quoted(origin.substring(wildcard + 2)) + "$";
    }
}
