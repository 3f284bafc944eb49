package io.gatewright.reference;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** The bearer token of a request, after its signature and times were looked at. Immutable as long as nobody changes the claims. */
public sealed interface Token {
    /** There is none. */
    record None() implements Token {}

    /** One that does not hold: malformed, expired, forged, of an issuer nobody knows. */
    record Invalid() implements Token {}

    /**
     * One whose signature and times hold.
     *
     * @param issuer id of the issuer document
     * @param audiences whom it is for
     * @param claims the payload, an object
     */
    record Verified(String issuer, List<String> audiences, JsonNode claims) implements Token {
        public Verified {
            audiences = List.copyOf(audiences);
        }

        /** The text of a claim; a dot in its name goes into an object. Empty when it is missing or no text. */
        Optional<String> claim(String name) {
            JsonNode value =
                    claims.at("/" + name.replace("~", "~0").replace("/", "~1").replace('.', '/'));
            return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
        }

        /**
         * Whether it is an ID token, which is for the client that asked for it and no proof towards an API: Keycloak says so,
         * and the others have claims that no access token has (OpenID Connect Core 1.0 §2, RFC 9068 §2.2).
         */
        boolean isIdToken() {
            return claims.path("typ").asText().equals("ID") || claims.has("nonce") || claims.has("at_hash");
        }
    }
}
