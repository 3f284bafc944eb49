package io.gatewright.pdk.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.config.SchemaWriter;
import java.util.Collection;
import java.util.List;

/**
 * What Kong's {@code query_cmd} has to print (Kong's {@code runloop/plugin_servers/process.lua}): one JSON document that says how to
 * speak to the server and what plugins it has. Pure.
 */
final class Dump {
    private Dump() {}

    /**
     * The dump of these plugins.
     *
     * @throws IllegalArgumentException if the target takes only one and there are more
     */
    static String of(Plugins plugins, Collection<PluginEntry<?>> entries) {
        KongVersion target = plugins.options().target();
        if (target.isAtLeast(3, 9) && entries.size() > 1) {
            List<String> names = entries.stream().map(entry -> entry.name()).toList();
            throw new IllegalArgumentException(
                    "Kong %s takes one plugin for each entry of pluginserver_names: say which with --plugin, one of %s"
                            .formatted(target, names));
        }
        ObjectNode dump = JsonNodeFactory.instance.objectNode();
        dump.put("Protocol", "ProtoBuf:1");
        dump.put("SocketPath", plugins.options().socket().toString());
        ArrayNode list = dump.putArray("Plugins");
        SchemaWriter schemas = new SchemaWriter(target);
        for (PluginEntry<?> entry : entries) {
            String name = entry.name();
            ObjectNode plugin = list.addObject().put("Name", name);
            ArrayNode phases = plugin.putArray("Phases");
            entry.phases().stream().map(Phase::wireName).forEach(phases::add);
            plugin.put("Version", entry.plugin().version());
            plugin.put("Priority", entry.plugin().priority());
            plugin.set("Schema", schemas.plugin(name, entry.config(), entry.protocols()));
        }
        return dump.toString();
    }
}
