package io.gatewright.envoy;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.GrpcService.EnvoyGrpc;
import io.envoyproxy.envoy.config.ratelimit.v3.RateLimitServiceConfig;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action.GenericKey;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.RateLimitUnit;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.gatewright.proto.envoy.ratelimit.CountedLimit;
import io.gatewright.proto.envoy.ratelimit.CountedLimit.FixedLimit;
import io.gatewright.proto.envoy.ratelimit.RateLimit;
import io.gatewright.proto.envoy.ratelimit.RateLimitPerRoute;
import io.gatewright.proto.envoy.ratelimitconfig.RateLimitConfig;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Scope;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import java.time.Duration;

/**
 * Limits that the whole fleet counts together, in Envoy's rate limit service. The service needs to know one domain and
 * nothing else: each request brings its limits along. It counts in fixed windows of the clock.
 */
final class SharedLimit {
    /** The service lets everything pass of a domain that it does not know. */
    private static final String DOMAIN = "gatewright";

    private static final Duration TIMEOUT = Duration.ofMillis(250);

    private SharedLimit() {}

    /** Whether there is anybody who counts for the fleet. Until then each gateway counts, and no request pays for more. */
    static boolean available(Settings settings) {
        return !settings.global().get(Catalog.RATE_LIMIT_SERVICE).isEmpty();
    }

    /** Whether these settings want the fleet to count. A limit that does not refuse is counted by each gateway. */
    static boolean wanted(Effective effective) {
        return effective.get(Catalog.RATE_LIMIT_COUNTING).equals("shared")
                && effective.get(Catalog.RATE_LIMIT_MODE).equals("enforce");
    }

    /** The filter that does what these settings say when nobody counts. */
    static FilterOrder filter(Effective effective) {
        return effective.get(Catalog.RATE_LIMIT_WHEN_STORE_FAILS).equals("closed")
                ? FilterOrder.SHARED_LIMIT_CLOSED
                : FilterOrder.SHARED_LIMIT_OPEN;
    }

    /** The filter without a limit: limits stand in the scopes. */
    static RateLimit filter(boolean closed) {
        return RateLimit.newBuilder()
                .setDomain(DOMAIN)
                .setStatPrefix("gatewright")
                .setTimeout(Protos.duration(TIMEOUT))
                .setFailureModeDeny(closed)
                .setStatusOnError(HttpStatus.newBuilder().setCode(StatusCode.ServiceUnavailable))
                .setEnableXRatelimitHeaders(XRateLimitHeadersRFCVersion.DRAFT_VERSION_03)
                .setEnableRetryAfterHeader(true)
                .setRateLimitService(RateLimitServiceConfig.newBuilder()
                        .setTransportApiVersion(ApiVersion.V3)
                        .setGrpcService(GrpcService.newBuilder()
                                .setEnvoyGrpc(EnvoyGrpc.newBuilder().setClusterName(Clusters.RATE_LIMIT_SERVICE))))
                .build();
    }

    /** @param counted what counts together */
    static RateLimitPerRoute policy(Scope counted, Effective effective) {
        Action tenant = Action.newBuilder()
                .setGenericKey(
                        GenericKey.newBuilder().setDescriptorKey("counted").setDescriptorValue(counted.toString()))
                .build();
        RateLimitPerRoute.Builder policy = RateLimitPerRoute.newBuilder()
                .addRateLimits(limit(effective, effective.get(Catalog.RATE_LIMIT_REQUESTS))
                        .addActions(tenant));
        effective
                .get(Catalog.RATE_LIMIT_ACTOR_REQUESTS)
                .ifPresent(requests -> policy.addRateLimits(
                        limit(effective, requests).addActions(tenant).addActions(LocalLimit.actor())));
        return policy.build();
    }

    /**
     * Takes the limit of a broader place away. Turning the filter off would not do: Envoy decides that before the token has
     * chosen the tenant.
     */
    static Any nothing() {
        return Protos.any(RateLimitPerRoute.getDefaultInstance());
    }

    private static CountedLimit.Builder limit(Effective effective, long requests) {
        return CountedLimit.newBuilder()
                .setLimit(CountedLimit.Override.newBuilder()
                        .setRateLimit(FixedLimit.newBuilder()
                                .setRequestsPerUnit(Math.toIntExact(requests))
                                .setUnit(unit(effective.get(Catalog.RATE_LIMIT_PERIOD)))));
    }

    /** The periods that the catalogue allows are the units that the service knows. */
    private static RateLimitUnit unit(Duration period) {
        if (period.equals(Duration.ofSeconds(1))) {
            return RateLimitUnit.SECOND;
        }
        if (period.equals(Duration.ofMinutes(1))) {
            return RateLimitUnit.MINUTE;
        }
        return period.equals(Duration.ofHours(1)) ? RateLimitUnit.HOUR : RateLimitUnit.DAY;
    }

    /** What the service itself is told. */
    static Resource serviceConfig() {
        return Resource.of(
                ResourceType.RATE_LIMIT_CONFIG,
                DOMAIN,
                RateLimitConfig.newBuilder().setName(DOMAIN).setDomain(DOMAIN).build());
    }
}
