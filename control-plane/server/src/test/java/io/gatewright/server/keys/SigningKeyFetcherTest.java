package io.gatewright.server.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import io.gatewright.settings.Body.Issuer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an issuer may answer, by a web server on loopback that answers what the test says. */
final class SigningKeyFetcherTest {
    private static final String DISCOVERY = "/.well-known/openid-configuration";
    private static Vertx vertx;
    private static JWK rsa;

    private final Map<String, String> pages = new ConcurrentHashMap<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;
    private SigningKeyFetcher fetcher;

    @BeforeAll
    static void make() throws Exception {
        vertx = Vertx.vertx();
        rsa = new RSAKeyGenerator(2048).keyID("rsa").keyUse(KeyUse.SIGNATURE).generate();
    }

    @AfterAll
    static void end() {
        vertx.close();
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String page = pages.getOrDefault(exchange.getRequestURI().getPath(), "404 ");
            int status = Integer.parseInt(page.substring(0, 3));
            byte[] body = page.substring(4).getBytes(StandardCharsets.UTF_8);
            if (status == 302) {
                exchange.getResponseHeaders().set("Location", page.substring(4));
            }
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().write(body);
            if (page.endsWith("…")) {
                exchange.getResponseBody().flush();
                awaitEnd();
            }
            exchange.close();
        });
        server.start();
        fetcher = within(Duration.ofSeconds(30));
        pages.put(DISCOVERY, "200 {\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\"}");
        pages.put("/keys", "200 " + new JWKSet(rsa));
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private static SigningKeyFetcher within(Duration timeout) {
        return new SigningKeyFetcher(new GuardedGet(vertx, new AllowedAddresses(true, Set.of()), timeout));
    }

    private void awaitEnd() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static Issuer issuer(String url, @Nullable String jwksUri) {
        return new Issuer(
                URI.create(url),
                jwksUri == null ? null : URI.create(jwksUri),
                List.of("a"),
                List.of("RS256"),
                null,
                "t",
                "o",
                "sub");
    }

    private List<JsonNode> fetch() throws IOException, InterruptedException {
        return fetcher.fetch(issuer(url(), null));
    }

    private void isRefused(String reason) {
        assertThatThrownBy(this::fetch).isInstanceOf(IOException.class).hasMessageContaining(reason);
    }

    @Test
    void findsTheKeysByDiscovery() throws Exception {
        assertThat(fetch()).singleElement().satisfies(key -> {
            assertThat(key.path("kid").asText()).isEqualTo("rsa");
            assertThat(key.has("d")).as("the private part").isFalse();
        });
    }

    @Test
    void takesAnAnswerThatComesBeforeItsCallerGoesOn() throws Exception {
        SigningKeyFetcher slow = new SigningKeyFetcher(new GuardedGet(
                LateCaller.of(Vertx.class, vertx), new AllowedAddresses(true, Set.of()), Duration.ofSeconds(5)));
        assertThat(slow.fetch(issuer(url(), null))).hasSize(1);
    }

    @Test
    void needsNoDiscoveryWhereTheDocumentNamesTheKeys() throws Exception {
        pages.remove(DISCOVERY);
        assertThat(fetcher.fetch(issuer(url(), url() + "/keys"))).hasSize(1);
    }

    @Test
    void takesOnlyKeysThatSign() throws Exception {
        pages.put(
                "/keys",
                "200 "
                        + new JWKSet(List.of(
                                        rsa,
                                        new ECKeyGenerator(Curve.P_256)
                                                .keyID("ec")
                                                .generate(),
                                        new ECKeyGenerator(Curve.P_256)
                                                .keyID("encrypts")
                                                .keyUse(KeyUse.ENCRYPTION)
                                                .generate(),
                                        new ECKeyGenerator(Curve.P_256).generate(),
                                        new OctetSequenceKeyGenerator(256)
                                                .keyID("secret")
                                                .generate(),
                                        new RSAKeyGenerator(1024, true)
                                                .keyID("weak")
                                                .generate()))
                                .toString(false));
        assertThat(fetch()).extracting(key -> key.path("kid").asText()).containsExactly("rsa", "ec");
        assertThat(fetch()).noneMatch(key -> key.has("d") || key.has("k"));
    }

    @Test
    void refusesADiscoveryThatNamesAnotherIssuer() {
        pages.put(DISCOVERY, "200 {\"issuer\":\"https://evil.example\",\"jwks_uri\":\"" + url() + "/keys\"}");
        isRefused("names another issuer than the document: https://evil.example");
        pages.put(DISCOVERY, "200 {\"issuer\":\"" + url() + "/\",\"jwks_uri\":\"" + url() + "/keys\"}");
        isRefused("names another issuer");
    }

    @Test
    void followsNoRedirect() {
        pages.put("/elsewhere", pages.get("/keys"));
        pages.put("/keys", "302 " + url() + "/elsewhere");
        isRefused("/keys answered 302");
    }

    @Test
    void asksNobodyInsideOnTheWordOfADiscovery() {
        pages.put(DISCOVERY, "200 {\"issuer\":\"" + url() + "\",\"jwks_uri\":\"http://10.0.0.1/keys\"}");
        isRefused("http://10.0.0.1/keys is not https");
        pages.put(DISCOVERY, "200 {\"issuer\":\"" + url() + "\",\"jwks_uri\":\"https://10.0.0.1/keys\"}");
        isRefused("The host 10.0.0.1 has a private address");
        pages.put(DISCOVERY, "200 {\"issuer\":\"" + url() + "\",\"jwks_uri\":\"file:///etc/passwd\"}");
        isRefused("is not an http or https URL");
    }

    @Test
    void refusesMoreThanItIsReadyToRead() {
        pages.put("/keys", "200 " + "x".repeat(GuardedGet.MAX_BYTES + 1) + "…");
        isRefused("answered with more than 65536 bytes");
    }

    @Test
    void waitsForNobodyWhoAnswersForEver() {
        pages.put(DISCOVERY, "200 {…");
        fetcher = within(Duration.ofMillis(300));
        isRefused("did not answer within PT0.3S");
    }

    @Test
    void refusesTooManyKeysAndNone() throws Exception {
        List<JWK> many = new ArrayList<>();
        for (int i : IntStream.range(0, 33).toArray()) {
            many.add(new ECKeyGenerator(Curve.P_256).keyID("k" + i).generate());
        }
        pages.put("/keys", "200 " + new JWKSet(many));
        isRefused("has 33 usable keys; 1 to 32 are accepted");
        pages.put("/keys", "200 {\"keys\":[]}");
        isRefused("has 0 usable keys");
    }

    @Test
    void saysWhatIsWrongWithAnAnswer() {
        pages.put("/keys", "500 oops");
        isRefused("/keys answered 500");
        pages.put("/keys", "200 <html>");
        isRefused("is not a JSON Web Key Set");
        pages.put(DISCOVERY, "200 <html>");
        isRefused("openid-configuration is not JSON");
    }

    @Test
    void saysThatNobodyListens() {
        server.stop(0);
        isRefused("cannot be asked: Connection refused");
    }
}
