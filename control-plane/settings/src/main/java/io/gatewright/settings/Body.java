package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What a document says. All bodies are immutable; {@link BodyFormat} reads and writes their JSON form. */
public sealed interface Body {

    /**
     * An organisation.
     *
     * @param name its display name
     */
    record Org(String name) implements Body {}

    /**
     * A tenant of an organisation.
     *
     * @param hosts exact host names, lower case, without port, that belong to this tenant; may be empty
     * @param suspended whether all its requests are refused
     */
    record Tenant(String org, List<String> hosts, boolean suspended) implements Body {}

    /**
     * A module of the platform.
     *
     * @param prefix path prefix without a trailing slash
     */
    record Module(String prefix, Upstream upstream, List<Route> routes) implements Body {
        /** The route of that name, or null. */
        public @Nullable Route route(String name) {
            return routes.stream()
                    .filter(r -> r.name().equals(name))
                    .findFirst()
                    .orElse(null);
        }
    }

    /**
     * Where a module's requests go.
     *
     * @param tls whether endpoints are spoken to by TLS
     */
    record Upstream(List<Endpoint> endpoints, boolean tls, Duration connectTimeout, Duration requestTimeout) {}

    /** A host name or address and its port. */
    record Endpoint(String host, int port) {
        /** From {@code host:port}, which must have that form. */
        public static Endpoint parse(String text) {
            int colon = text.lastIndexOf(':');
            return new Endpoint(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /**
     * A named route of a module.
     *
     * @param methods HTTP methods, empty for any
     * @param path template below the module's prefix, {@code /{name}} stands for one segment
     */
    record Route(String name, List<String> methods, String path, Set<RouteFlag> flags) {}

    /** What a route promises of itself. */
    enum RouteFlag {
        /** The upstream recognises a repeated {@code Idempotency-Key} and runs it once. */
        DEDUPLICATES
    }

    /**
     * An OpenID Connect issuer whose tokens may be accepted.
     *
     * @param jwksUri where its keys are; null: found by discovery
     * @param tenant the one tenant all its tokens belong to; null: the token names it in {@code tenantClaim}
     */
    record Issuer(
            URI issuer,
            @Nullable URI jwksUri,
            List<String> audiences,
            List<String> algorithms,
            @Nullable String tenant,
            String tenantClaim,
            String orgClaim,
            String actorClaim)
            implements Body {}

    /**
     * A port that gateways listen on.
     *
     * @param tenant the one tenant it is fixed to; null: public
     * @param certificate directory on the gateway's machine with {@code tls.crt} and {@code tls.key}; null: plain text
     */
    record Listener(
            String address,
            int port,
            @Nullable String tenant,
            @Nullable String certificate) implements Body {}

    /**
     * The value of a key at a scope, and what narrower scopes may make of it.
     *
     * @param value as the key's {@link ValueType} gives it; null when it only sets bounds
     */
    record Setting(Scope scope, Key<?> key, @Nullable Object value, Restriction restriction) implements Body {
        public Setting(Scope scope, Key<?> key, Object value) {
            this(scope, key, value, Restriction.NONE);
        }
    }

    /**
     * The public signing keys of an issuer.
     *
     * @param keys JSON Web Keys (RFC 7517), sorted by {@code kid}
     * @param source the issuer's URL when they were fetched; null: not recorded
     * @param leaving by key id: until when a key is kept that the issuer no longer publishes
     */
    record SigningKeys(List<JsonNode> keys, @Nullable URI source, SortedMap<String, Instant> leaving) implements Body {
        /** Keys that the issuer publishes. */
        public SigningKeys(List<JsonNode> keys, @Nullable URI source) {
            this(keys, source, Collections.emptySortedMap());
        }

        /** Whether they may verify tokens of this issuer: those fetched for a URL that it had before may not. */
        public boolean areOf(Issuer issuer) {
            return source == null || source.equals(issuer.issuer());
        }
    }
}
