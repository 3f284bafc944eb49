package io.gatewright.kong;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Plugins as entities. Kong has at most one of a name for the same service, route and consumer; this is also what names
 * them here.
 */
final class Plugins {
    private Plugins() {}

    /** One for everything. */
    static Entity global(String plugin, ObjectNode config, Provenance provenance) {
        return entity(plugin, plugin + "/global", config, provenance);
    }

    /** One that lies in its service. */
    static Entity inService(String plugin, String service, ObjectNode config, Provenance provenance) {
        return entity(plugin, plugin + "/service=" + service, config, provenance);
    }

    /** One that lies in its route. */
    static Entity inRoute(String plugin, String route, ObjectNode config, Provenance provenance) {
        return entity(plugin, plugin + "/route=" + route, config, provenance);
    }

    /**
     * One for a consumer, wherever it calls or at one service or route. It stands at the top of the file: in a consumer Kong
     * would refuse to see a service or route named.
     */
    static Entity ofConsumer(
            String plugin,
            String consumer,
            @Nullable String service,
            @Nullable String route,
            ObjectNode config,
            Provenance provenance) {
        ObjectNode fields = fields(plugin, config).put("consumer", consumer);
        StringBuilder name = new StringBuilder(plugin).append("/consumer=").append(consumer);
        if (service != null) {
            fields.put("service", service);
            name.append(",service=").append(service);
        }
        if (route != null) {
            fields.put("route", route);
            name.append(",route=").append(route);
        }
        return Entity.of(EntityType.PLUGIN, name.toString(), fields, provenance);
    }

    private static Entity entity(String plugin, String name, ObjectNode config, Provenance provenance) {
        return Entity.of(EntityType.PLUGIN, name, fields(plugin, config), provenance);
    }

    private static ObjectNode fields(String plugin, ObjectNode config) {
        ObjectNode fields = Json.object().put("name", plugin);
        fields.set("config", config);
        return fields;
    }
}
