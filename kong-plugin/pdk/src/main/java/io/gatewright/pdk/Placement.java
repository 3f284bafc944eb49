package io.gatewright.pdk;

import java.util.Optional;

/**
 * Where in Kong the instance of a plugin is configured, as Kong said when it started the instance. Immutable.
 *
 * @param pluginId of the plugin entity, a UUID; from Kong 3.3
 * @param instanceName of the plugin entity; from Kong 3.2
 * @param routeId absent unless it is on a route
 * @param serviceId absent unless it is on a service
 * @param consumerId absent unless it is on a consumer
 */
public record Placement(
        Optional<String> pluginId,
        Optional<String> instanceName,
        Optional<String> routeId,
        Optional<String> serviceId,
        Optional<String> consumerId) {
    /** Nothing known. */
    public static final Placement UNKNOWN =
            new Placement(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
