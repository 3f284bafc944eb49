package io.gatewright.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Phase;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a plugin server's {@code query_cmd} has printed, as Kong reads it. Immutable. */
final class Dump {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final JsonNode json;

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it is not one JSON document of this protocol
     */
    Dump(String text) {
        try {
            json = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Kong does not start: the dump is no JSON document", e);
        }
        if (!json.path("Protocol").asText().equals("ProtoBuf:1")) {
            throw new IllegalArgumentException(
                    "Kong speaks MessagePack to this server: the dump's Protocol is not ProtoBuf:1");
        }
    }

    /**
     * The plugin as this Kong loads it, with a config.
     *
     * @throws IllegalArgumentException that says why this Kong does not start
     */
    ConfiguredPlugin configured(String name, String config, KongVersion version) {
        JsonNode plugin = loaded(version).stream()
                .filter(each -> each.path("Name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "Kong " + version + " does not start: " + name + " plugin is enabled but not installed"));
        Set<Phase> phases = EnumSet.noneOf(Phase.class);
        plugin.path("Phases").forEach(phase -> phase(phase).ifPresent(phases::add));
        return new ConfiguredPlugin(
                name, UUID.randomUUID(), plugin.path("Priority").asInt(), phases, config);
    }

    private List<JsonNode> loaded(KongVersion version) {
        List<JsonNode> all = new ArrayList<>();
        json.path("Plugins").forEach(all::add);
        return Behaviour.of(version).onePluginPerServer() ? all.subList(0, Math.min(1, all.size())) : all;
    }

    private static Optional<Phase> phase(JsonNode name) {
        return Phase.named(name.asText());
    }
}
