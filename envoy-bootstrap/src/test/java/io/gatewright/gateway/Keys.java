package io.gatewright.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.envoybootstrap.ApiClient;
import java.time.Duration;

/** The signing keys of an issuer as the control plane tells them, and whether the gateway has them. Stateless. */
final class Keys {
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    private Keys() {}

    /** What the API says of an issuer. */
    static JsonNode of(ApiClient api, String issuer) {
        for (JsonNode entry : api.get("/v1/signing-keys").path("issuers")) {
            if (entry.path("issuer").asText().equals(issuer)) {
                return entry;
            }
        }
        throw new AssertionError("the API knows no issuer " + issuer);
    }

    /** Whether a key is known, and no longer published by its issuer. */
    static boolean leaves(ApiClient api, String issuer, String kid) {
        for (JsonNode key : of(api, issuer).path("keys")) {
            if (key.path("kid").asText().equals(kid)) {
                return key.has("leavesAt");
            }
        }
        return false;
    }

    /** Waits until the gateway has acknowledged that key, as an issuer waits before it signs with a new one. */
    static void awaitLive(ApiClient api, String issuer, String kid) {
        Waiting.until("the gateway has key " + kid, AT_MOST, () -> {
            boolean known = of(api, issuer).path("keys").findValuesAsText("kid").contains(kid);
            JsonNode last = api.get("/v1/syncs?trigger=revision&limit=1").at("/syncs/0");
            return known
                    && last.path("outcome").asText().equals("proven")
                    && last.path("revision").asLong()
                            == api.get("/v1/gateways").path("revision").asLong();
        });
    }
}
