package io.gatewright.guard;

import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the settings say for one tenant and route. Immutable.
 *
 * @param mode of idempotency: {@code off}, {@code optional} or {@code required}
 * @param methods for which keys are honoured
 * @param ttl how long an answer is kept
 * @param keyFormat {@code any}, {@code uuid} or {@code time-ordered}
 * @param maxWait how long a retry may wait for the first request; zero where it is refused at once unless it asks
 * @param waits whether a retry waits without asking
 * @param takeover whether a retry runs although nobody knows how the first one ended: the upstream knows the key, too
 * @param onServerError {@code unknown}, {@code replay} or {@code release}
 * @param bypasses whether a request whose key cannot be looked up is sent on all the same; never where keys are required
 * @param bodyLimit bytes of the largest body that is kept
 * @param conditions {@code off}, {@code honour} or {@code require}
 * @param conditionMethods for which a condition is required
 * @param tags {@code upstream}, {@code digest} or {@code auto}
 * @param lease how long an unanswered request blocks its key: longer than the gateway waits for the upstream
 * @param upstreamBound where every writer passes the gateway, after what time the upstream surely works on no request any more
 *     whose answer was lost; null elsewhere
 */
public record GuardPolicy(
        String mode,
        Set<String> methods,
        Duration ttl,
        String keyFormat,
        Duration maxWait,
        boolean waits,
        boolean takeover,
        String onServerError,
        boolean bypasses,
        int bodyLimit,
        String conditions,
        Set<String> conditionMethods,
        String tags,
        Duration lease,
        @Nullable Duration upstreamBound) {
    private static final Duration SLACK = Duration.ofSeconds(5);

    /**
     * What counts where these settings do.
     *
     * @param deduplicates whether the route says that its upstream runs a repeated key once
     * @param requestTimeout how long the gateway waits for the upstream
     */
    public static GuardPolicy of(Effective effective, boolean deduplicates, Duration requestTimeout) {
        return new GuardPolicy(
                effective.get(Catalog.IDEMPOTENCY_MODE),
                Set.copyOf(effective.get(Catalog.IDEMPOTENCY_METHODS)),
                effective.get(Catalog.IDEMPOTENCY_TTL),
                effective.get(Catalog.IDEMPOTENCY_KEY_FORMAT),
                effective.get(Catalog.IDEMPOTENCY_MAX_WAIT),
                effective.get(Catalog.IDEMPOTENCY_ON_CONFLICT).equals("wait"),
                deduplicates && effective.get(Catalog.IDEMPOTENCY_ON_UNKNOWN).equals("takeover"),
                effective.get(Catalog.IDEMPOTENCY_ON_SERVER_ERROR),
                effective.get(Catalog.IDEMPOTENCY_WHEN_STORE_FAILS).equals("open")
                        && effective.get(Catalog.IDEMPOTENCY_MODE).equals("optional"),
                Math.toIntExact(effective.get(Catalog.IDEMPOTENCY_BODY_LIMIT)),
                effective.get(Catalog.PRECONDITION_MODE),
                Set.copyOf(effective.get(Catalog.PRECONDITION_METHODS)),
                effective.get(Catalog.PRECONDITION_ETAG),
                requestTimeout.plus(SLACK),
                effective.get(Catalog.PRECONDITION_IF_MATCH).equals("sole-writer")
                        ? effective.get(Catalog.PRECONDITION_UPSTREAM_BOUND)
                        : null);
    }

    boolean honoursKeysOf(String method) {
        return !mode.equals("off") && methods.contains(method);
    }

    boolean requiresKeyOf(String method) {
        return mode.equals("required") && methods.contains(method);
    }

    boolean requiresConditionOf(String method) {
        return conditions.equals("require") && conditionMethods.contains(method);
    }

    /** Whether a request of this method writes a resource that has a ledger. */
    boolean leases(String method) {
        return upstreamBound != null && heedsConditions() && conditionMethods.contains(method);
    }

    /** Whether the answer to one of this method tells of a resource that has a ledger. */
    boolean watches(String method) {
        return upstreamBound != null && heedsConditions() && (method.equals("GET") || method.equals("HEAD"));
    }

    boolean heedsConditions() {
        return !conditions.equals("off");
    }
}
