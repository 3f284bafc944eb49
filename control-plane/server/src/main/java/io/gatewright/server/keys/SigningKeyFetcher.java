package io.gatewright.server.keys;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import io.gatewright.settings.Body.Issuer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Fetches the public signing keys of an issuer (OpenID Connect Discovery 1.0 §4, RFC 7517). Takes 1 to {@value #MAX_KEYS} keys,
 * and discovery only from a document that names the very issuer (§4.3). Thread-safe.
 */
final class SigningKeyFetcher {
    private static final int MAX_KEYS = 32;
    private static final int MIN_RSA_BITS = 2048; // RFC 7518 §3.3
    private static final ObjectMapper JSON = new ObjectMapper();

    private final GuardedGet web;

    SigningKeyFetcher(GuardedGet web) {
        this.web = web;
    }

    /**
     * The keys that an issuer signs with, public parts only.
     *
     * @throws IOException with a sentence that names what the issuer did wrong
     */
    List<JsonNode> fetch(Issuer issuer) throws IOException, InterruptedException {
        boolean here = AllowedAddresses.isLoopback(issuer.issuer());
        URI jwksUri = issuer.jwksUri() == null ? discover(issuer.issuer(), here) : issuer.jwksUri();
        String text = new String(web.get(jwksUri, here), StandardCharsets.UTF_8);
        try {
            return signing(JWKSet.parse(text).getKeys(), jwksUri);
        } catch (ParseException e) {
            throw new IOException(jwksUri + " is not a JSON Web Key Set", e);
        }
    }

    private URI discover(URI issuer, boolean here) throws IOException, InterruptedException {
        URI discovery = URI.create(issuer.toString().replaceFirst("/$", "") + "/.well-known/openid-configuration");
        JsonNode document;
        try {
            document = JSON.readTree(web.get(discovery, here));
        } catch (JsonProcessingException e) {
            throw new IOException(discovery + " is not JSON", e);
        }
        String named = document.path("issuer").asText();
        if (!named.equals(issuer.toString())) {
            throw new IOException(discovery + " names another issuer than the document: " + printable(named));
        }
        try {
            return URI.create(document.path("jwks_uri").asText());
        } catch (IllegalArgumentException e) {
            throw new IOException(discovery + " names no usable jwks_uri", e);
        }
    }

    private static List<JsonNode> signing(List<JWK> published, URI source) throws IOException {
        List<JsonNode> keys = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (JWK key : published) {
            if (signs(key) && ids.add(key.getKeyID())) {
                keys.add(JSON.readTree(plain(key).toJSONString()));
            }
        }
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new IOException(source + " has " + keys.size() + " usable keys; 1 to " + MAX_KEYS + " are accepted");
        }
        return keys;
    }

    private static boolean signs(JWK key) {
        return key instanceof AsymmetricJWK
                && key.getKeyID() != null
                && !key.getKeyID().isEmpty()
                && (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
                && (!(key instanceof RSAKey rsa) || rsa.size() >= MIN_RSA_BITS);
    }

    /** Without private parts, and without certificates, which nobody here reads. */
    private static JWK plain(JWK key) throws IOException {
        try {
            var members = key.toPublicJWK().toJSONObject();
            members.keySet().removeIf(member -> member.startsWith("x5"));
            return JWK.parse(members);
        } catch (ParseException e) {
            throw new IOException("The key " + key.getKeyID() + " cannot be written", e);
        }
    }

    private static String printable(String text) {
        String cut = text.substring(0, Math.min(text.length(), 200)).replaceAll("\\p{Cntrl}", "?");
        return cut.isEmpty() ? "none" : cut;
    }
}
