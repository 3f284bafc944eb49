package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.list;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

    private static void refusedOrTrue(Request request, String tenant, List<String> users) throws IOException {
        long before = gateway.upstream().requests();
        Answer answer = gateway.send(request);
        if (answer.status() != 200) {
            assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
            assertThat(gateway.upstream().requests()).isEqualTo(before);
            return;
        }
        HeaderTricks.isTrue(answer, tenant, users);
    }

    @ParameterizedTest
    @MethodSource("io.gatewright.gateway.HeaderTricks#names")
    void onAPathThatNeedsAToken(String trick) throws Exception {
        refusedOrTrue(HeaderTricks.played(trick, Request.get(PATH).token(gateway.token("a"))), "a", List.of("alice"));
        assertThat(gateway.send(HeaderTricks.played(trick, Request.get(PATH).tenant("a")))
                        .status())
                .as("without a token")
                .isBetween(400, 499);
    }

    @ParameterizedTest
    @MethodSource("io.gatewright.gateway.HeaderTricks#names")
    void onAPathThatNeedsNone(String trick) throws Exception {
        refusedOrTrue(HeaderTricks.played(trick, Request.get(PATH).tenant("open")), "open", List.of());
        refusedOrTrue(HeaderTricks.played(trick, Request.get(PATH).host("open.example.com")), "open", List.of());
    }

    @ParameterizedTest
    @MethodSource("io.gatewright.gateway.HeaderTricks#names")
    void onWhatTheGatewayAnswersItself(String trick) throws Exception {
        long before = gateway.upstream().requests();
        gateway.send(HeaderTricks.played(trick, Request.preflight("open.example.com", PATH, ORIGIN)));
        gateway.send(HeaderTricks.played(
                trick, Request.get("/.well-known/gatewright").tenant("a")));
        gateway.send(HeaderTricks.played(
                trick, Request.get(PATH).host("nobody.example.com").tenant("nobody")));
        gateway.send(HeaderTricks.played(trick, Request.get(PATH).token(gateway.token("nobody"))));
        gateway.send(HeaderTricks.played(trick, Request.get("/elsewhere").token(gateway.token("a"))));
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

    @Test
    void takesAGoodTokenOfTheSameMaking() throws Exception {
        gateway.send(Request.get(PATH).token(BadToken.good(gateway.issuer()))).isServed();
    }

    @ParameterizedTest
    @EnumSource
    void refusesABadToken(BadToken bad) throws Exception {
        int status = bad == BadToken.FOR_ANOTHER_AUDIENCE ? 403 : 401;
        for (String tenant : List.of("a", "open")) {
            long before = gateway.upstream().requests();
            gateway.send(Request.get(PATH).tenant(tenant).token(bad.of(gateway.issuer())))
                    .isProblem(status, "invalid-token");
            assertThat(gateway.upstream().requests()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "AN_ID_TOKEN_.*", mode = EnumSource.Mode.MATCH_ALL)
    void saysThatItIsAnIdToken(BadToken bad) throws Exception {
        Answer answer = gateway.send(Request.get(PATH).token(bad.of(gateway.issuer())));
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
        assertThat(answer.json().path("detail").asText()).contains("ID token");
    }

    @Test
    void refusesATokenBesideAnother() throws Exception {
        for (List<String> values : BadToken.besideAnother(gateway.issuer())) {
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
        String token = BadToken.huge(gateway.issuer());
        assertThat(token).hasSizeGreaterThan(65_536);
        long before = gateway.upstream().requests();
        assertThat(gateway.send(Request.get(PATH).token(token)).status()).isEqualTo(431);
        assertThat(gateway.upstream().requests()).isEqualTo(before);
    }
}
