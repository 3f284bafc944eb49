package io.gatewright.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import io.gatewright.settings.Body.Issuer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;

/**
 * Fetches the public signing keys of an issuer (OpenID Connect Discovery 1.0 §4, RFC 7517). Limits what it is ready to
 * take: no redirects, 64 KiB, 2 seconds, 32 keys, and a discovery document that names the very issuer. Thread-safe.
 */
final class SigningKeyFetcher {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_BYTES = 65_536;
    private static final int MAX_KEYS = 32;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .followRedirects(Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();

    /**
     * The body of the signing keys document.
     *
     * @throws IOException with a sentence that names what the issuer did wrong
     */
    JsonNode fetch(Issuer issuer) throws IOException, InterruptedException {
        URI jwksUri = issuer.jwksUri() == null ? discover(issuer) : issuer.jwksUri();
        return publicKeys(new String(get(jwksUri), java.nio.charset.StandardCharsets.UTF_8), jwksUri);
    }

    private URI discover(Issuer issuer) throws IOException, InterruptedException {
        String base = issuer.issuer().toString().replaceFirst("/$", "");
        URI discovery = URI.create(base + "/.well-known/openid-configuration");
        JsonNode document = JSON.readTree(get(discovery));
        if (!document.path("issuer").asText().equals(issuer.issuer().toString())) {
            throw new IOException(discovery + " names another issuer");
        }
        try {
            return URI.create(document.path("jwks_uri").asText());
        } catch (IllegalArgumentException e) {
            throw new IOException(discovery + " names no usable jwks_uri", e);
        }
    }

    private byte[] get(URI uri) throws IOException, InterruptedException {
        if (!List.of("http", "https").contains(String.valueOf(uri.getScheme())) || uri.getHost() == null) {
            throw new IOException(uri + " is not an http or https URL");
        }
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("accept", "application/json")
                .build();
        HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException(uri + " answered " + response.statusCode());
            }
            byte[] bytes = body.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(uri + " answered with more than " + MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }

    private static JsonNode publicKeys(String text, URI source) throws IOException {
        try {
            List<JWK> keys = JWKSet.parse(text).getKeys().stream()
                    .filter(key -> key.getKeyID() != null && !key.getKeyID().isEmpty())
                    .filter(key -> key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
                    .filter(key -> key.toPublicJWK() != null)
                    .toList();
            if (keys.isEmpty() || keys.size() > MAX_KEYS) {
                throw new IOException(
                        source + " has " + keys.size() + " usable keys; 1 to " + MAX_KEYS + " are accepted");
            }
            ObjectNode body = JSON.createObjectNode();
            ArrayNode list = body.putArray("keys");
            for (JWK key : keys) {
                list.add(JSON.readTree(key.toPublicJWK().toJSONString()));
            }
            return body;
        } catch (ParseException e) {
            throw new IOException(source + " is not a JSON Web Key Set", e);
        }
    }
}
