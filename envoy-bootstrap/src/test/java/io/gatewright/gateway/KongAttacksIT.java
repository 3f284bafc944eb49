package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The attacks of {@link AttacksIT} on our plugins behind a simulated Kong: each is refused, or the upstream gets the truth. What
 * is wrong in the bytes of HTTP itself is refused here by the simulation's own server, at a Kong by nginx.
 */
final class KongAttacksIT {
    private static final String PATH = "/api/orders/1";

    private static GuardedKong guarded;

    @BeforeAll
    static void start() throws Exception {
        guarded = new GuardedKong(
                tenant("a"), tenant("b"), tenant("open"), setting("tenant=open", "oidc.required", "false"));
    }

    @AfterAll
    static void stop() {
        guarded.close();
    }

    private static void refusedOrTrue(Request request, String tenant, List<String> users) throws IOException {
        long before = guarded.upstream.requests();
        Answer answer;
        try {
            answer = guarded.send(request);
        } catch (EOFException e) { // closed without a word: it must not have gone anywhere either
            assertThat(guarded.upstream.requests()).isEqualTo(before);
            return;
        }
        if (answer.status() == 200) {
            HeaderTricks.isTrue(answer, tenant, users);
        } else {
            assertThat(answer.status()).as(answer.body()).isBetween(400, 499);
            assertThat(guarded.upstream.requests()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("io.gatewright.gateway.HeaderTricks#names")
    void noTrickWithHeadersReachesTheUpstream(String trick) throws Exception {
        refusedOrTrue(
                HeaderTricks.played(trick, Request.get(PATH).token(guarded.token("a", "alice"))),
                "a",
                List.of("alice"));
        refusedOrTrue(HeaderTricks.played(trick, Request.get(PATH).tenant("open")), "open", List.of());
        long before = guarded.upstream.requests();
        refusedOrTrue(HeaderTricks.played(trick, Request.get(PATH).tenant("a")), "nobody", List.of());
        assertThat(guarded.upstream.requests()).as("without a token").isEqualTo(before);
    }

    @Test
    void refusesAnUpgradeButServesAnOfferOfHttp2() throws Exception {
        Request request = Request.get(PATH).token(guarded.token("a", "alice"));
        for (String upgrade : List.of("websocket", "WebSocket", "h2c, websocket")) {
            long before = guarded.upstream.requests();
            guarded.send(request.with("connection", "upgrade").with("upgrade", upgrade))
                    .isProblem(400, "bad-request");
            assertThat(guarded.upstream.requests()).isEqualTo(before);
        }
        HeaderTricks.isTrue(
                guarded.send(HeaderTricks.played("an upgrade to plain HTTP/2", request)), "a", List.of("alice"));
    }

    @Test
    void noLineHidesBehindManyOthers() throws Exception {
        Request most = Request.get(PATH).token(guarded.token("a", "alice"));
        while (most.headers().size() < 99) {
            most = most.with("f" + most.headers().size(), "");
        }
        HeaderTricks.isTrue(guarded.send(most.with("x-auth-roles", "admin")), "a", List.of("alice"));
        long before = guarded.upstream.requests();
        guarded.send(most.with("f", "").with("x-auth-roles", "admin")).isProblem(431, "headers-too-large");
        assertThat(guarded.upstream.requests()).isEqualTo(before);
    }

    @Test
    void takesAGoodTokenOfTheSameMaking() throws Exception {
        Answer answer = guarded.send(Request.get(PATH).token(BadToken.good(guarded.issuer())));
        HeaderTricks.isTrue(answer, "a", List.of("alice"));
    }

    @ParameterizedTest
    @EnumSource
    void refusesABadToken(BadToken bad) throws Exception {
        for (String tenant : List.of("a", "open")) {
            long before = guarded.upstream.requests();
            guarded.send(Request.get(PATH).tenant(tenant).token(bad.of(guarded.issuer())))
                    .isProblem(401, "invalid-token");
            assertThat(guarded.upstream.requests()).isEqualTo(before);
        }
    }

    @Test
    void refusesATokenBesideAnother() throws Exception {
        for (List<String> values : BadToken.besideAnother(guarded.issuer())) {
            Request request = Request.get(PATH);
            for (String value : values) {
                request = request.with("authorization", value);
            }
            long before = guarded.upstream.requests();
            guarded.send(request).isProblem(401, "invalid-token");
            assertThat(guarded.upstream.requests()).isEqualTo(before);
        }
    }

    @Test
    void doesNotLookForATokenInTheQuery() throws Exception {
        long before = guarded.upstream.requests();
        for (String name : List.of("access_token", "jwt")) {
            guarded.send(Request.get(PATH + "?" + name + "=" + guarded.token("a", "alice"))
                            .tenant("a"))
                    .isProblem(401, "token-required");
        }
        assertThat(guarded.upstream.requests()).isEqualTo(before);
    }

    @Test
    void refusesATokenOf64Kilobytes() throws Exception {
        long before = guarded.upstream.requests();
        assertThat(guarded.send(Request.get(PATH).token(BadToken.huge(guarded.issuer())))
                        .status())
                .isEqualTo(400);
        assertThat(guarded.upstream.requests()).isEqualTo(before);
    }
}
