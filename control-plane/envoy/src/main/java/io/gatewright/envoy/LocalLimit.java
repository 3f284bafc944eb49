package io.gatewright.envoy;

import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action.RequestHeaders;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import io.gatewright.proto.envoy.localratelimit.LocalRateLimit;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import java.util.OptionalLong;

/**
 * A tenant's limit as a token bucket in the gateway, and one for each of its actors. The bucket fills continuously over
 * the period. It lives in the tenant's scope: a change of that scope fills it again, a change of another does not.
 */
final class LocalLimit {
    private static final String ACTOR = "actor";

    /** Actors of one tenant that are counted at once; the least recent one is forgotten first. */
    private static final int MAX_ACTORS = 10_000;

    private LocalLimit() {}

    /** The filter without a limit: limits stand in the scopes. */
    static LocalRateLimit filter() {
        return LocalRateLimit.newBuilder().setStatPrefix("gatewright").build();
    }

    /** @param countedElsewhere whether the fleet counts together instead */
    static LocalRateLimit policy(Effective effective, boolean countedElsewhere) {
        String mode = effective.get(Catalog.RATE_LIMIT_MODE);
        LocalRateLimit.Builder limit = LocalRateLimit.newBuilder()
                .setStatPrefix("gatewright")
                .setTokenBucket(bucket(
                        effective, effective.get(Catalog.RATE_LIMIT_REQUESTS), effective.get(Catalog.RATE_LIMIT_BURST)))
                .setFilterEnabled(Protos.percent(!mode.equals("off") && !countedElsewhere))
                .setFilterEnforced(Protos.percent(mode.equals("enforce")))
                .setEnableXRatelimitHeaders(XRateLimitHeadersRFCVersion.DRAFT_VERSION_03)
                .setEnableRetryAfterHeader(true);
        effective.get(Catalog.RATE_LIMIT_ACTOR_REQUESTS).ifPresent(requests -> limitActors(limit, effective, requests));
        return limit.build();
    }

    private static void limitActors(LocalRateLimit.Builder limit, Effective effective, long requests) {
        limit.addRateLimits(RateLimit.newBuilder().addActions(actor()))
                .addDescriptors(LocalRateLimitDescriptor.newBuilder()
                        .addEntries(RateLimitDescriptor.Entry.newBuilder().setKey(ACTOR))
                        .setTokenBucket(bucket(effective, requests, OptionalLong.empty())))
                .setMaxDynamicDescriptors(Protos.uint32(MAX_ACTORS));
    }

    /** Tells the verified actors of a tenant apart; a request without one has no limit of its own. */
    static Action actor() {
        return Action.newBuilder()
                .setRequestHeaders(RequestHeaders.newBuilder()
                        .setHeaderName(JwtAuthn.ACTOR_HEADER)
                        .setDescriptorKey(ACTOR))
                .build();
    }

    private static TokenBucket bucket(Effective effective, long requests, OptionalLong burst) {
        return TokenBucket.newBuilder()
                .setMaxTokens(Math.toIntExact(burst.orElse(requests)))
                .setTokensPerFill(Protos.uint32(requests))
                .setFillInterval(Protos.duration(effective.get(Catalog.RATE_LIMIT_PERIOD)))
                .build();
    }
}
