package io.gatewright.envoy;

import io.gatewright.settings.Settings;

/**
 * The HTTP filters of every connection manager, in order. The names are the keys of per-route configuration too: Envoy
 * silently ignores a configuration under a name that no filter has, so they exist only here.
 */
enum FilterOrder {
    /**
     * What every request and answer carries. First, so that also a refusal by any later filter has the correlation id, and says
     * that it depends on the origin, which cors does not say.
     */
    OF_ALL("gatewright.of-all"),
    /** Before cors: a preflight to a host of no tenant is answered from the scope that joins all origins. */
    PREFLIGHT_SCOPE("gatewright.preflight-scope"),
    /** After the header that selects the scope was set, before cors reads the scope's policy. */
    PREFLIGHT_RESELECT("gatewright.preflight-reselect"),
    /** Before jwt_authn: preflights carry no token, and refusals must be readable by an allowed page. */
    CORS("envoy.filters.http.cors"),
    /** Before everything that depends on the tenant, since the token names it. Clears the route cache. */
    JWT_AUTHN("envoy.filters.http.jwt_authn"),
    /**
     * The same filter under the same name, and so with the same policies, for requests whose tenant only the token names:
     * the first one looked at the scope before the token chose it.
     */
    CORS_OF_TOKEN("envoy.filters.http.cors"),
    /**
     * What is refused for every tenant. After jwt_authn, whose payload it reads, and after cors, so that an allowed page can
     * read the refusal.
     */
    FOR_ALL("gatewright.for-all"),
    /** The tenant's own chain; resolved late, so that it is the chain of the tenant that the token names. */
    ACCESS("gatewright.access"),
    /** After access, so that only admitted requests use the tenant's quota. */
    RATE_LIMIT("envoy.filters.http.local_ratelimit"),
    /**
     * The same quota when the whole fleet counts it together. Of the two, a scope asks one: what to do when nobody counts.
     * Only there when a service that counts is named, since every request pays for a filter.
     */
    SHARED_LIMIT_OPEN("gatewright.shared-limit.open"),
    SHARED_LIMIT_CLOSED("gatewright.shared-limit.closed"),
    /**
     * After the limits, so that a retry counts like any request, and next to the upstream: what it keeps is what the upstream
     * answered. Only there when a guard is named.
     */
    GUARD("gatewright.guard"),
    /** Last by definition. */
    ROUTER("envoy.filters.http.router");

    private final String filterName;

    FilterOrder(String filterName) {
        this.filterName = filterName;
    }

    /** Whether there is anybody behind this filter for it to ask. */
    boolean isServed(Settings settings) {
        return switch (this) {
            case SHARED_LIMIT_OPEN, SHARED_LIMIT_CLOSED -> SharedLimit.available(settings);
            case GUARD -> GuardCall.available(settings);
            case OF_ALL,
                    PREFLIGHT_SCOPE,
                    PREFLIGHT_RESELECT,
                    CORS,
                    JWT_AUTHN,
                    CORS_OF_TOKEN,
                    FOR_ALL,
                    ACCESS,
                    RATE_LIMIT,
                    ROUTER -> true;
        };
    }

    String filterName() {
        return filterName;
    }
}
