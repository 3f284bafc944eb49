package io.gatewright.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.pdk.KongVersion;
import java.util.UUID;

/** What Kong adds to the configuration it sends with a start. Thread-safe: pure functions. */
final class Bookkeeping {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Bookkeeping() {}

    static String add(ConfiguredPlugin plugin, KongVersion version, long sequence) {
        try {
            ObjectNode config = (ObjectNode) MAPPER.readTree(plugin.config());
            String route = new UUID(0, plugin.id().getLeastSignificantBits()).toString();
            config.put("route_id", route);
            config.put("__key__", "plugins:" + plugin.name() + ":" + route + "::::");
            config.put("__seq__", sequence);
            if (version.isAtLeast(3, 3)) {
                config.put("__plugin_id", plugin.id().toString());
            }
            if (version.isAtLeast(3, 9)) {
                config.put("__ws_id", "0dc6f45b-8f8d-40d2-a504-473544ee190b");
            }
            return MAPPER.writeValueAsString(config);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The config of " + plugin.name() + " is not a JSON object", e);
        }
    }
}
