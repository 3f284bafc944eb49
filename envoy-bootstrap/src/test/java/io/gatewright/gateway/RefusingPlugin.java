package io.gatewright.gateway;

import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Outcome;
import io.gatewright.sidecar.kong.RouteConfig;

/** A plugin that comes after the guard's and refuses what asks for it. Thread-safe. */
final class RefusingPlugin implements KongPlugin<RouteConfig> {
    static final String NAME = "refusing";
    static final int PRIORITY = 800;

    /** The header that asks for it. */
    static final String ASKS = "x-refuse";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return PRIORITY;
    }

    @Override
    public Outcome access(Kong kong, RouteConfig config) {
        return kong.request().getHeader(ASKS).isPresent() ? Outcome.exit(403) : Outcome.proceed();
    }
}
