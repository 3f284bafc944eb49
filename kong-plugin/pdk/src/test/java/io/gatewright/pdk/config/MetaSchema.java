package io.gatewright.pdk.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.pdk.KongVersion;
import java.util.Map;
import java.util.Set;

/** What Kong's meta-schema takes, of what a plugin server can say in JSON: an unknown attribute keeps Kong from starting. */
final class MetaSchema {
    private static final Set<String> EVERYWHERE =
            Set.of("type", "required", "default", "err", "eq", "ne", "not_one_of", "referenceable", "encrypted");

    private static final Map<String, Set<String>> BY_TYPE = Map.of(
            "string", Set.of("one_of", "len_eq", "len_min", "len_max", "match", "not_match", "starts_with", "uuid"),
            "number", Set.of("one_of", "between", "gt"),
            "integer", Set.of("one_of", "between", "gt"),
            "boolean", Set.of(),
            "array", Set.of("elements", "len_eq", "len_min", "len_max", "contains"),
            "set", Set.of("elements", "len_eq", "len_min", "len_max", "contains"),
            "map", Set.of("keys", "values", "len_eq", "len_min", "len_max"),
            "record", Set.of("fields", "entity_checks"));

    private MetaSchema() {}

    static void accept(JsonNode schema, KongVersion version) {
        assertThat(schema.path("name").isTextual()).isTrue();
        acceptFields(schema.path("fields"), version);
    }

    private static void acceptFields(JsonNode fields, KongVersion version) {
        assertThat(fields.isArray()).isTrue();
        for (JsonNode entry : fields) {
            assertThat(entry.size()).as("one key in %s", entry).isEqualTo(1);
            acceptType(entry.iterator().next(), version);
        }
    }

    private static void acceptType(JsonNode type, KongVersion version) {
        String name = type.path("type").asText();
        assertThat(BY_TYPE).containsKey(name);
        type.fieldNames()
                .forEachRemaining(attribute -> assertThat(EVERYWHERE.contains(attribute)
                                || BY_TYPE.getOrDefault(name, Set.of()).contains(attribute)
                                || (attribute.equals("description") && version.isAtLeast(3, 4)))
                        .as("%s of a %s in Kong %s", attribute, name, version)
                        .isTrue());
        switch (name) {
            case "record" -> acceptFields(type.path("fields"), version);
            case "array", "set" -> acceptType(type.path("elements"), version);
            case "map" -> {
                acceptType(type.path("keys"), version);
                acceptType(type.path("values"), version);
            }
            default -> {}
        }
    }
}
