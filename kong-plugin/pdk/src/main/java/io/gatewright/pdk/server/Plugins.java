package io.gatewright.pdk.server;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.config.SchemaWriter;
import io.gatewright.proto.kong.PluginInfo;
import io.gatewright.proto.kong.PluginNames;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The plugins of a server, by name, in the order in which they were given. Immutable. */
final class Plugins {
    private final Map<String, PluginEntry<?>> byName = new LinkedHashMap<>();
    private final ServerOptions options;
    private final Instant loadedAt;

    /**
     * Looks at the plugins.
     *
     * @throws IllegalArgumentException that names the plugin that Kong would refuse, and why
     */
    Plugins(List<KongPlugin<?>> plugins, ServerOptions options, Instant loadedAt) {
        this.options = options;
        this.loadedAt = loadedAt;
        for (KongPlugin<?> plugin : plugins) {
            if (byName.put(plugin.name(), PluginEntry.of(plugin, options)) != null) {
                throw new IllegalArgumentException(
                        "Two plugins are called " + plugin.name() + "; override name in one");
            }
        }
    }

    @Nullable
    PluginEntry<?> get(String name) {
        return byName.get(name);
    }

    Collection<PluginEntry<?>> all() {
        return byName.values();
    }

    ServerOptions options() {
        return options;
    }

    PluginNames names() {
        PluginNames.Builder names = PluginNames.newBuilder();
        byName.keySet().forEach(name -> names.addNames(ByteString.copyFromUtf8(name)));
        return names.build();
    }

    PluginInfo info(PluginEntry<?> entry) {
        PluginInfo.Builder info = PluginInfo.newBuilder()
                .setName(ByteString.copyFromUtf8(entry.name()))
                .setLoadedAt(loadedAt.getEpochSecond())
                .setUpdatedAt(loadedAt.getEpochSecond())
                .setVersion(ByteString.copyFromUtf8(entry.plugin().version()))
                .setPriority(entry.plugin().priority())
                .setSchema(ByteString.copyFromUtf8(schema(entry)));
        entry.phases().stream()
                .map(Phase::wireName)
                .map(ByteString::copyFromUtf8)
                .forEach(info::addPhases);
        return info.build();
    }

    private String schema(PluginEntry<?> entry) {
        return new SchemaWriter(options.target())
                .plugin(entry.name(), entry.config(), entry.protocols())
                .toString();
    }
}
