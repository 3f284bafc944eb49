package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.module;
import static io.gatewright.gateway.Documents.route;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is odd on the wire, on either side of a real Envoy with the guard; the numbers are those of docs/guard-cases.md. */
final class GuardedWireIT {
    private static final String ORDERS = "/api/orders";

    private static GuardedGateway guarded;
    private static LoudUpstream loud;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        guarded = new GuardedGateway("acme-de");
        loud = new LoudUpstream();
        guarded.gateway.change(module("loud", "/api/loud", loud.endpoint(), route("create", "POST", "/")));
    }

    @AfterAll
    static void stop() throws Exception {
        guarded.close();
        loud.close();
    }

    private Request keyed(String method, String path) {
        return Request.of(method, path).token(guarded.gateway.token("acme-de")).with("idempotency-key", key);
    }

    private static long ran() {
        return guarded.gateway.upstream().requests();
    }

    private static int claims() {
        return Integer.parseInt(guarded.ask("SELECT count(*) FROM idempotency.claim"));
    }

    private static Request body(Request head, String body) {
        return new Request(head.method(), head.path(), head.headers(), body);
    }

    @Test
    void case44NoMarkOfTheModulesReachesAClientThatSentNoKey() throws Exception {
        String marks = """
                idempotent-replayed: true
                Idempotency-Status: replayed
                idempotency-original-correlation-id: x
                x-other: y
                """;
        loud.answersWith(marks.replace("\n", "\r\n"));
        for (String method : List.of("GET", "POST")) {
            Answer answer =
                    guarded.gateway.send(Request.of(method, "/api/loud").token(guarded.gateway.token("acme-de")));
            assertThat(answer.status()).as(answer.body()).isEqualTo(201);
            assertThat(answer.header("x-other")).isEqualTo("y");
            assertThat(answer.header("idempotent-replayed")).isEmpty();
            assertThat(answer.header("idempotency-status")).isEmpty();
            assertThat(answer.header("idempotency-original-correlation-id")).isEmpty();
        }
    }

    /** Read by length and by chunks, these have two different bodies. */
    @Test
    void case41RefusesABodyWithTwoEndsBeforeTheGuardSeesIt() throws Exception {
        long before = ran();
        int claimed = claims();
        Request post = keyed("POST", ORDERS);

        for (Request twofold : List.of(
                body(post.with("content-length", "5").with("transfer-encoding", "chunked"), "1\r\nx\r\n0\r\n\r\n"),
                body(post.with("transfer-encoding", "chunked").with("content-length", "5"), "1\r\nx\r\n0\r\n\r\n"),
                body(post.with("content-length", "1").with("content-length", "5"), "xxxxx"),
                body(post.with("transfer-encoding", "identity, chunked"), "1\r\nx\r\n0\r\n\r\n"),
                body(post.with("content-length", "1").with("x-any", "1\ncontent-length: 5"), "xxxxx"),
                body(post.with("content-length", "1").with("x-any", "1\nidempotency-key: another-key-01234"), "x"),
                body(post.with("transfer-encoding", "chunked"), "1\nx\n0\n\n"))) {
            assertThat(guarded.send(twofold).status()).as(twofold.toString()).isBetween(400, 501);
        }

        assertThat(ran()).isEqualTo(before);
        assertThat(claims()).isEqualTo(claimed);
    }

    @Test
    void case41ABodyIsTheSameHoweverItComes() throws Exception {
        long before = ran();
        assertThat(guarded.send(keyed("POST", ORDERS).chunked(2_500))
                        .json()
                        .path("bodyBytes")
                        .asInt())
                .isEqualTo(2_500);
        assertThat(guarded.send(keyed("POST", ORDERS).sized(2_500)).header("idempotent-replayed"))
                .isEqualTo("true");
        guarded.send(keyed("POST", ORDERS).sized(2_501)).isProblem(422, "fingerprint-mismatch");
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void case49KeepsHeadersUnderOneNameHoweverTheModuleSpellsThem() throws Exception {
        loud.answersWith("LOCATION: /loud/7\r\nEtAg: \"v7\"\r\nCONTENT-TYPE:text/plain\r\n");
        int before = loud.requests();

        Answer first = guarded.send(keyed("POST", "/api/loud").sized(3));
        Answer second = guarded.send(keyed("POST", "/api/loud").sized(3));

        assertThat(first.status()).as(first.body()).isEqualTo(201);
        for (Answer answer : List.of(first, second)) {
            assertThat(answer.header("location")).isEqualTo("/loud/7");
            assertThat(answer.header("etag")).isEqualTo("\"v7\"");
            assertThat(answer.header("content-type")).isEqualTo("text/plain");
            assertThat(answer.body()).isEqualTo("ok");
        }
        assertThat(second.header("idempotent-replayed")).isEqualTo("true");
        assertThat(loud.requests()).isEqualTo(before + 1);
        String kept = guarded.ask("SELECT convert_from(fields, 'LATIN1') FROM idempotency.response"
                + " WHERE convert_from(fields, 'LATIN1') ~* '/loud/7'");
        assertThat(kept.lines().map(line -> line.split(":", 2)[0]))
                .containsExactlyInAnyOrder("location", "etag", "content-type");
    }

    /** RFC 9112 §5.1: no white space before the colon. */
    @ParameterizedTest
    @ValueSource(strings = {"Bad Name: x", "Location : /elsewhere", ": nothing", "Loc\0ation: /elsewhere"})
    void case49OfAnAnswerThatIsNoneNobodyKnowsTheOutcome(String line) throws Exception {
        loud.answersWith(line + "\r\n");
        int before = loud.requests();

        Answer first = guarded.send(keyed("POST", "/api/loud").sized(3));

        assertThat(first.status()).as(first.body()).isBetween(500, 504);
        assertThat(first.body()).doesNotContain("elsewhere");
        guarded.send(keyed("POST", "/api/loud").sized(3)).isProblem(409, "outcome-unknown");
        assertThat(loud.requests()).isEqualTo(before + 1);
    }

    /** Only the module knows whether there is one: in this mode the gateway hands the question on, and the answer back. */
    @Test
    void case71AStarIsForTheModuleToDecide() throws Exception {
        long before = ran();
        for (String name : List.of("if-match", "if-none-match")) {
            Request put = Request.of("PUT", "/api/customers/1")
                    .token(guarded.gateway.token("acme-de"))
                    .with(name, "*");
            Answer written = guarded.send(put.sized(3));
            assertThat(written.status()).as(written.body()).isEqualTo(200);
            assertThat(written.upstreamGot(name)).containsExactly("*");
            Request refused = new Request("PUT", "/api/customers/1?status=412", put.headers(), "");
            Answer answer = guarded.send(refused.sized(3));
            assertThat(answer.status()).isEqualTo(412);
            assertThat(answer.json().at("/headers/" + name)).hasToString("[\"*\"]");
        }
        assertThat(ran()).isEqualTo(before + 4);
    }

    @Test
    void case71AStarAmongTagsIsMalformed() throws Exception {
        long before = ran();
        for (String mixed : List.of("*, \"a\"", "\"a\", *", "*, *", "\"*")) {
            guarded.send(Request.of("PUT", "/api/customers/1")
                            .token(guarded.gateway.token("acme-de"))
                            .with("if-match", mixed)
                            .sized(3))
                    .isProblem(400, "precondition-malformed");
        }
        assertThat(ran()).isEqualTo(before);
    }
}
