package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.AUDIENCE;
import static io.gatewright.gateway.Documents.list;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every trick with headers on every kind of path: each is refused, or the upstream gets the truth and nothing of the trick.
 * The list, with what happens, is docs/attacks.md.
 */
final class AttacksIT {
    private static final String PATH = "/api/orders/1";
    private static final String ORIGIN = "https://app.example.com";
    private static RealGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = new RealGateway("a", "b");
        gateway.change(
                tenant("open", "open.example.com"),
                setting("tenant=open", "oidc.required", "false"),
                setting("tenant=open", "cors.allowed-origins", list(ORIGIN)));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    static Stream<String> tricks() {
        return TRICKS.keySet().stream();
    }

    private static final Map<String, UnaryOperator<Request>> TRICKS = new TreeMap<>(Map.ofEntries(
            trick(
                    "identity in lines of the client's own",
                    r -> r.with("x-user-id", "root")
                            .with("X-User-Id", "root2")
                            .with("x-org-id", "evil")
                            .with("X-ORG-ID", "")
                            .with("x-auth-roles", "admin")),
            trick(
                    "another tenant beside the right one",
                    r -> r.tenant("b").tenant("a").tenant("open")),
            trick(
                    "our own headers",
                    r -> r.with("x-gatewright-scope", "b")
                            .with("x-gatewright-listener", "b")
                            .with("X-Gatewright-Missing", "x")),
            trick(
                    "Envoy's own headers",
                    r -> r.with("x-envoy-original-path", "/admin")
                            .with("x-envoy-internal", "true")
                            .with("x-envoy-max-retries", "99")
                            .with("x-envoy-upstream-alt-stat-name", "x")),
            trick("underscores for hyphens", r -> r.with("x_user_id", "root").with("x_tenant_id", "b")),
            trick("hop-by-hop names", r -> r.with("connection", "keep-alive, x-tenant-id, x-user-id, authorization")),
            trick("a certificate that nobody showed", r -> r.with("x-forwarded-client-cert", "By=x;Subject=root")),
            trick("another host by a proxy's header", r -> r.with("x-forwarded-host", "open.example.com")),
            trick("a zero byte", r -> r.with("x-user-id", "ro\0ot")),
            trick("a line break", r -> r.with("x-any", "1\rx-user-id: root")),
            trick("a folded line", r -> r.with("x-any", "1\r\n x-user-id: root")),
            trick("a blank before the colon", r -> r.with("x-user-id ", "root")),
            trick("two hosts", r -> r.with("host", "open.example.com")),
            trick("an upgrade", r -> r.with("connection", "upgrade").with("upgrade", "websocket")),
            trick(
                    "an upgrade to plain HTTP/2",
                    r -> r.with("connection", "upgrade, http2-settings")
                            .with("upgrade", "h2c")
                            .with("http2-settings", "AAMAAABkAARAAAAAAAIAAAAA")),
            trick(
                    "a body that is announced twice",
                    r -> r.with("content-length", "5").with("content-length", "6")),
            trick(
                    "a body by length and by chunks",
                    r -> r.with("content-length", "5").chunked(5))));

    private static Map.Entry<String, UnaryOperator<Request>> trick(String name, UnaryOperator<Request> trick) {
        return Map.entry(name, trick);
    }

    private static Request played(String trick, Request request) {
        return Objects.requireNonNull(TRICKS.get(trick)).apply(request);
    }

    private static void refusedOrTrue(Request request, String tenant, List<String> users) throws IOException {
        long before = gateway.upstream().requests();
        Answer answer = gateway.send(request);
        if (answer.status() != 200) {
            assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
            assertThat(gateway.upstream().requests()).isEqualTo(before);
            return;
        }
        answer.isServed();
        assertThat(answer.upstreamGot("x-tenant-id")).containsExactly(tenant);
        assertThat(answer.upstreamGot("x-org-id")).containsExactly("acme");
        assertThat(answer.upstreamGot("x-user-id")).isEqualTo(users);
        answer.json()
                .path("headers")
                .fieldNames()
                .forEachRemaining(name -> assertThat(name)
                        .doesNotStartWith("x-auth-")
                        .doesNotStartWith("x-gatewright-")
                        .doesNotContain("_")
                        .isNotIn(
                                "x-envoy-original-path",
                                "x-envoy-internal",
                                "x-envoy-max-retries",
                                "x-envoy-upstream-alt-stat-name",
                                "x-forwarded-client-cert",
                                "upgrade",
                                "http2-settings"));
    }

    @ParameterizedTest
    @MethodSource("tricks")
    void onAPathThatNeedsAToken(String trick) throws Exception {
        refusedOrTrue(played(trick, Request.get(PATH).token(gateway.token("a"))), "a", List.of("alice"));
        assertThat(gateway.send(played(trick, Request.get(PATH).tenant("a"))).status())
                .as("without a token")
                .isBetween(400, 499);
    }

    @ParameterizedTest
    @MethodSource("tricks")
    void onAPathThatNeedsNone(String trick) throws Exception {
        refusedOrTrue(played(trick, Request.get(PATH).tenant("open")), "open", List.of());
        refusedOrTrue(played(trick, Request.get(PATH).host("open.example.com")), "open", List.of());
    }

    @ParameterizedTest
    @MethodSource("tricks")
    void onWhatTheGatewayAnswersItself(String trick) throws Exception {
        long before = gateway.upstream().requests();
        gateway.send(played(trick, Request.preflight("open.example.com", PATH, ORIGIN)));
        gateway.send(played(trick, Request.get("/.well-known/gatewright").tenant("a")));
        gateway.send(played(trick, Request.get(PATH).host("nobody.example.com").tenant("nobody")));
        gateway.send(played(trick, Request.get(PATH).token(gateway.token("nobody"))));
        gateway.send(played(trick, Request.get("/elsewhere").token(gateway.token("a"))));
        assertThat(gateway.upstream().requests()).isEqualTo(before);
    }

    @Test
    void whateverTheSpellingOfAPath() throws Exception {
        for (String path : List.of(
                "//api//orders/1",
                "/api/./orders/1",
                "/x/../api/orders/1",
                "/api/orders/..;/1",
                "/api/orders/1;x=/../../customers",
                "/api/orders/%2e%2e/customers/1",
                "/api/orders/%252e%252e%252fcustomers",
                "/api/orders/1%00",
                "/api/orders/1#/../customers",
                "http://open.example.com/api/orders/1")) {
            Answer answer = gateway.send(Request.get(path).token(gateway.token("a")));
            if (answer.status() == 200) {
                assertThat(answer.upstreamGot("x-tenant-id")).as(path).containsExactly("a");
                assertThat(answer.json().path("path").asText())
                        .as(path)
                        .matches("/api/(orders|customers)(/.*)?")
                        .doesNotContain("/../", "//", "/./");
            } else {
                assertThat(answer.status()).as(path).isBetween(400, 499);
            }
        }
        long before = gateway.upstream().requests();
        Request tunnel = Request.of("CONNECT", "open.example.com:443").token(gateway.token("a"));
        assertThat(gateway.send(tunnel).status()).isBetween(400, 499);
        assertThat(gateway.upstream().requests()).isEqualTo(before);
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(gateway.issuer().url())
                .audience(AUDIENCE)
                .subject("alice")
                .claim("tenant_id", "a")
                .issueTime(Date.from(Instant.now()))
                .expirationTime(Date.from(Instant.now().plusSeconds(600)));
    }

    private static void isRefused(String token) throws IOException {
        for (String tenant : List.of("a", "open")) {
            long before = gateway.upstream().requests();
            gateway.send(Request.get(PATH).tenant(tenant).token(token)).isProblem(401, "invalid-token");
            assertThat(gateway.upstream().requests()).isEqualTo(before);
        }
    }

    @Test
    void takesAGoodTokenOfTheSameMaking() throws Exception {
        String kid = gateway.issuer().publicKey().getKeyID();
        gateway.send(Request.get(PATH).token(gateway.issuer().signed(claims().build(), kid)))
                .isServed();
    }

    @Test
    void refusesATokenThatIsSignedByThePublicKeyAsASecret() throws Exception {
        for (byte[] secret : List.of(
                gateway.issuer().publicKey().toRSAPublicKey().getEncoded(),
                gateway.issuer().publicKey().getModulus().decode(),
                gateway.issuer().publicKey().toJSONString().getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .keyID(gateway.issuer().publicKey().getKeyID())
                            .build(),
                    claims().build());
            token.sign(new MACSigner(secret));
            isRefused(token.serialize());
        }
    }

    @Test
    void refusesATokenUnderAKeyIdThatTheIssuerDoesNotPublish() throws Exception {
        isRefused(gateway.issuer().signed(claims().build(), "../../etc/passwd"));
    }

    @Test
    void refusesATokenThatNeverEndsOrEndsTooLate() throws Exception {
        String kid = gateway.issuer().publicKey().getKeyID();
        isRefused(gateway.issuer().signed(claims().expirationTime(null).build(), kid));
        isRefused(gateway.issuer()
                .signed(
                        claims().expirationTime(Date.from(Instant.now().plusSeconds(3_000_000)))
                                .build(),
                        kid));
    }

    @Test
    void refusesATokenThatIsNotValidYet() throws Exception {
        String kid = gateway.issuer().publicKey().getKeyID();
        isRefused(gateway.issuer()
                .signed(
                        claims().notBeforeTime(Date.from(Instant.now().plusSeconds(300)))
                                .build(),
                        kid));
    }

    @Test
    void refusesAnIdToken() throws Exception {
        String kid = gateway.issuer().publicKey().getKeyID();
        for (String mark : List.of("typ", "nonce", "at_hash")) {
            String token = gateway.issuer().signed(claims().claim(mark, "ID").build(), kid);
            Answer answer = gateway.send(Request.get(PATH).token(token)).isProblem(401, "invalid-token");
            assertThat(answer.header("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
            assertThat(answer.json().path("detail").asText()).contains("ID token");
        }
    }

    @Test
    void refusesATokenBesideAnother() throws Exception {
        String good = gateway.token("a");
        String forged = gateway.issuer().forged("root", Map.of("tenant_id", "b"));
        for (List<String> values : List.of(
                List.of("Bearer " + good, "Bearer " + forged),
                List.of("Bearer " + forged, "Bearer " + good),
                List.of("Bearer " + good, "Bearer " + good),
                List.of("Basic cm9vdDpyb290", "Bearer " + good),
                List.of("Bearer " + good, "Basic cm9vdDpyb290"),
                List.of("Bearer " + good + ",Bearer " + forged))) {
            Request request = Request.get(PATH);
            for (String value : values) {
                request = request.with("authorization", value);
            }
            long before = gateway.upstream().requests();
            gateway.send(request).isProblem(401, "invalid-token");
            assertThat(gateway.upstream().requests()).isEqualTo(before);
        }
    }

    @Test
    void refusesATokenOf64Kilobytes() throws Exception {
        String kid = gateway.issuer().publicKey().getKeyID();
        String token =
                gateway.issuer().signed(claims().claim("x", "x".repeat(49_152)).build(), kid);
        assertThat(token).hasSizeGreaterThan(65_536);
        long before = gateway.upstream().requests();
        assertThat(gateway.send(Request.get(PATH).token(token)).status()).isEqualTo(431);
        assertThat(gateway.upstream().requests()).isEqualTo(before);
    }
}
