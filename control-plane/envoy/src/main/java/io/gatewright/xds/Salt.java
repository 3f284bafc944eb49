package io.gatewright.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the bytes of a scope different without changing what it does. Thread-safe.
 *
 * <p>Envoy keeps the hash of a scope before it has proved the response that carried it. When another member makes that response
 * fail, the same bytes sent again are acknowledged and never go live (envoyproxy/envoy#21762). The name of the inline route
 * configuration is part of the hash and of nothing else, so an attempt number there is the cure. The resource's version stays
 * the hash of the unsalted content.
 */
final class Salt {
    private static final int RADIX = 36;

    private final AtomicLong attempts;

    /** Attempts count from the time of the start, so that neither a restart nor another replica repeats one. */
    Salt(Clock clock) {
        attempts = new AtomicLong(clock.millis());
    }

    long nextAttempt() {
        return attempts.incrementAndGet();
    }

    /**
     * The packed bytes with {@code #attempt} (base 36) after the name of the inline route configuration. A scope that only
     * refers to a route configuration has no place for it and is returned as it is.
     */
    static ByteString salted(Resource scope, long attempt) {
        ScopedRouteConfiguration message;
        try {
            message = ScopedRouteConfiguration.parseFrom(
                    Resource.unpack(scope.packed()).getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("Resource " + scope + " is not a ScopedRouteConfiguration", e);
        }
        if (!message.hasRouteConfiguration()) {
            return scope.packed();
        }
        ScopedRouteConfiguration.Builder salted = message.toBuilder();
        salted.getRouteConfigurationBuilder()
                .setName(message.getRouteConfiguration().getName() + "#" + Long.toString(attempt, RADIX));
        return Resource.pack(scope.type(), salted.build());
    }
}
