package io.gatewright.testkit;

import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Kong's leak between requests: after a log event that failed, response and rewrite events of that worker read the old request
 * through some calls, until another log event succeeds. A real Kong does so on some coroutines, this one always. Thread-safe.
 */
final class Leak {
    private static final Set<Method> THROUGH = EnumSet.of(
            Method.CTX_SHARED_GET,
            Method.CTX_SHARED_SET,
            Method.NGINX_GET_CTX,
            Method.NGINX_SET_CTX,
            Method.REQUEST_GET_HEADER,
            Method.REQUEST_GET_HEADERS,
            Method.RESPONSE_GET_HEADER,
            Method.RESPONSE_GET_HEADERS,
            Method.RESPONSE_GET_STATUS,
            Method.RESPONSE_GET_SOURCE,
            Method.NGINX_REQ_START_TIME);

    private final AtomicReference<@Nullable ProxiedRequest> left = new AtomicReference<>();

    void logged(ProxiedRequest request, EventResult result) {
        left.set(result instanceof EventResult.Finished ? null : request);
    }

    /** The request that a call reads. */
    ProxiedRequest seenBy(Method method, Phase phase, ProxiedRequest request) {
        ProxiedRequest old = left.get();
        boolean through = phase == Phase.RESPONSE || phase == Phase.REWRITE;
        return old != null && through && THROUGH.contains(method) ? old : request;
    }
}
