package io.gatewright.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An OpenID Connect issuer on loopback with real RS256 keys. Thread-safe. */
public final class StubIssuer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final String audience;
    private final Clock clock;
    private final List<RSAKey> keys = new CopyOnWriteArrayList<>();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile RSAKey signing;

    /** An issuer with one key, at a free port. Its tokens are for {@code audience}. */
    public StubIssuer(String audience) throws IOException {
        this(audience, 0, Clock.systemUTC());
    }

    /** @param port 0: any free one */
    public StubIssuer(String audience, int port, Clock clock) throws IOException {
        this.audience = audience;
        this.clock = clock;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        signing = published();
        server.setExecutor(threads);
        server.createContext(
                "/.well-known/openid-configuration",
                exchange -> answer(
                        exchange,
                        JSON.writeValueAsString(Map.of(
                                "issuer", url(),
                                "jwks_uri", url() + "/jwks",
                                "id_token_signing_alg_values_supported", List.of("RS256")))));
        server.createContext("/jwks", exchange -> {
            fetches.incrementAndGet();
            answer(exchange, new JWKSet(List.copyOf(keys)).toString()); // public parts only
        });
        server.start();
    }

    /** The issuer, as {@code iss} of its tokens and as the base of its discovery. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public String audience() {
        return audience;
    }

    /** How often its keys were fetched. */
    public int fetches() {
        return fetches.get();
    }

    /** The ids of the keys that it publishes, oldest first. */
    public List<String> keyIds() {
        return keys.stream().map(RSAKey::getKeyID).toList();
    }

    /** Makes a new key and signs with it from now on; the older ones stay published. Returns its id. */
    public String rotate() {
        signing = published();
        return signing.getKeyID();
    }

    /** Publishes a new key that signs only after {@link #signWithNewest}. Returns its id. */
    public String announce() {
        return published().getKeyID();
    }

    /** Signs with the newest key from now on. */
    public void signWithNewest() {
        signing = keys.getLast();
    }

    private RSAKey published() {
        try {
            RSAKey key = new RSAKeyGenerator(2048)
                    .keyID("stub-" + made.incrementAndGet())
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .generate();
            keys.add(key);
            return key;
        } catch (JOSEException e) {
            throw new IllegalStateException("this JDK makes no RSA keys", e);
        }
    }

    /** Publishes that key no longer. The one that signs cannot be withdrawn. */
    public void withdraw(String keyId) {
        if (signing.getKeyID().equals(keyId)) {
            throw new IllegalArgumentException(keyId + " signs: rotate first");
        }
        keys.removeIf(key -> key.getKeyID().equals(keyId));
    }

    /** A token of one hour for its audience, of that subject, with further claims. */
    public String token(String subject, Map<String, ?> claims) {
        return token(subject, claims, audience, Duration.ofHours(1));
    }

    /**
     * A token signed by the key that signs now.
     *
     * @param lifetime from now; negative: it ended so long ago
     */
    public String token(String subject, Map<String, ?> claims, String audience, Duration lifetime) {
        return token(subject, claims, audience, lifetime, url(), signing);
    }

    /** Any claims, signed by the key that signs now under any key id. */
    public String signed(JWTClaimsSet claims, String keyId) {
        return signed(claims, keyId, signing);
    }

    /** The public part of the key that signs now. */
    public RSAKey publicKey() {
        return signing.toPublicJWK();
    }

    /** A good token of an issuer that calls itself like this one but has other keys, under the same key id. */
    public String forged(String subject, Map<String, ?> claims) {
        try {
            RSAKey other = new RSAKeyGenerator(2048).keyID(signing.getKeyID()).generate();
            return token(subject, claims, audience, Duration.ofHours(1), url(), other);
        } catch (JOSEException e) {
            throw new IllegalStateException("this JDK makes no RSA keys", e);
        }
    }

    private String token(
            String subject, Map<String, ?> claims, String audience, Duration lifetime, String issuer, RSAKey key) {
        Instant now = clock.instant();
        Instant issued = lifetime.isNegative() ? now.plus(lifetime.multipliedBy(2)) : now;
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject(subject)
                .audience(audience)
                .issueTime(Date.from(issued))
                .expirationTime(Date.from(now.plus(lifetime)));
        claims.forEach(set::claim);
        return signed(set.build(), key.getKeyID(), key);
    }

    private static String signed(JWTClaimsSet claims, String keyId, RSAKey key) {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId).build(), claims);
        try {
            token.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("an RSA key that was made here cannot sign", e);
        }
        return token.serialize();
    }

    private static void answer(HttpExchange exchange, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
