package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body.SigningKeys;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The JSON form of signing keys (RFC 7517): public asymmetric keys with a key id, whence they came, which of them leave. */
final class SigningKeysFormat {
    private static final Set<String> PRIVATE_MEMBERS = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");
    private static final Set<String> TYPES = Set.of("RSA", "EC", "OKP");

    private SigningKeysFormat() {}

    static SigningKeys read(Fields fields) {
        List<JsonNode> keys = new ArrayList<>();
        JsonNode list = fields.any("keys");
        if (!list.isArray() || list.size() > 64) {
            fields.add("keys", "is not a list of at most 64 keys", "write a JSON Web Key Set (RFC 7517)");
        }
        for (int i = 0; i < list.size(); i++) {
            JsonNode key = list.get(i);
            boolean asymmetric = TYPES.contains(key.path("kty").asText());
            boolean isPublic = PRIVATE_MEMBERS.stream().noneMatch(key::has);
            if (!asymmetric || !isPublic || key.path("kid").asText().isEmpty()) {
                fields.add(
                        "keys[" + i + "]",
                        "is not a public key with a key id",
                        "write public RSA, EC or OKP keys with kid");
            }
            keys.add(key);
        }
        keys.sort(Comparator.comparing(key -> key.path("kid").asText()));
        return new SigningKeys(List.copyOf(keys), fields.optionalUri("source"), leaving(fields));
    }

    private static SortedMap<String, Instant> leaving(Fields fields) {
        SortedMap<String, Instant> leaving = new TreeMap<>();
        fields.any("leaving").properties().forEach(entry -> {
            try {
                leaving.put(entry.getKey(), Instant.parse(entry.getValue().asText()));
            } catch (DateTimeParseException e) {
                fields.add("leaving." + entry.getKey(), "is not a time", "write it as 2030-01-31T06:00:00Z");
            }
        });
        return Collections.unmodifiableSortedMap(leaving);
    }

    static void write(SigningKeys keys, ObjectNode json) {
        json.putArray("keys").addAll(keys.keys());
        if (keys.source() != null) {
            json.put("source", keys.source().toString());
        }
        if (!keys.leaving().isEmpty()) {
            ObjectNode leaving = json.putObject("leaving");
            keys.leaving().forEach((kid, until) -> leaving.put(kid, until.toString()));
        }
    }
}
