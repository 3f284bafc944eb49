package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.Body.SigningKeys;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The JSON form of signing keys (RFC 7517): public asymmetric keys with a key id, nothing else. */
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
        return new SigningKeys(List.copyOf(keys));
    }
}
