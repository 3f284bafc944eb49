package io.gatewright.sidecar.kong;

import io.gatewright.pdk.KongField;
import java.util.Optional;

/**
 * What the bundle tells a plugin. The rest comes from the settings, so that a tenant's change touches nothing in Kong. Immutable.
 *
 * @param module its id
 * @param route {@code module/route}, absent where only the module's prefix matches
 */
public record RouteConfig(
        @KongField(description = "The module of this route") String module,

        @KongField(description = "The route in the registry, as module/route")
        Optional<String> route) {}
