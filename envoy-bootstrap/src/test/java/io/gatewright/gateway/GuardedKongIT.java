package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.demo.StubIssuer;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Retries and stale writes through Kong's door; the numbers are those of docs/guard-cases.md. */
final class GuardedKongIT {
    private static final String ORDERS = "/api/orders";

    private static GuardedKong guarded;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        guarded = new GuardedKong(
                tenant("acme-de"),
                tenant("acme-fr"),
                setting("tenant=acme-de", "idempotency.methods", "[\"POST\",\"PUT\",\"DELETE\"]"),
                tenant("strict"),
                setting("tenant=strict", "idempotency.mode", "\"required\""),
                setting("tenant=strict", "precondition.mode", "\"require\""),
                tenant("tagged"),
                setting("tenant=tagged", "precondition.etag", "\"auto\""));
    }

    @AfterAll
    static void stop() {
        guarded.close();
    }

    private static Request as(String tenant, String method, String path) {
        return Request.of(method, path).token(guarded.token(tenant, "alice"));
    }

    private Request keyed(String method, String path) {
        return as("acme-de", method, path).with("idempotency-key", key);
    }

    private static Answer send(Request request) throws IOException {
        return guarded.send(request);
    }

    private static long ran() {
        return guarded.upstream.requests();
    }

    @Test
    void case1And2ReplaysTheFirstAnswerByteForByte() throws Exception {
        long before = ran();
        Answer first = send(keyed("POST", ORDERS).sized(3));
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(first.header("idempotency-status")).startsWith("executed;expires=");
        assertThat(first.upstreamGot("x-tenant-id")).containsExactly("acme-de");
        assertThat(first.upstreamGot("x-user-id")).containsExactly("alice");
        Answer second = send(keyed("POST", ORDERS).sized(3));
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("idempotent-replayed")).isEqualTo("true");
        assertThat(second.header("idempotency-original-correlation-id")).isEqualTo(first.header("x-correlation-id"));
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void case3And4OfFiftyAtOnceOneRuns() throws Exception {
        long before = ran();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Request request = keyed("POST", ORDERS + "/slow?ms=200").sized(3);
                Request sent = i % 2 == 0 ? request.with("prefer", "wait=5") : request;
                answers.add(threads.submit(() -> send(sent)));
            }
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().status()).as(answer.get().body()).isIn(200, 409);
            }
        }
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void case6And7And11And39RefusesAsOnEnvoy() throws Exception {
        send(keyed("POST", ORDERS).sized(3)).isServed();
        long before = ran();
        send(keyed("POST", ORDERS).sized(4)).isProblem(422, "fingerprint-mismatch");
        send(as("strict", "POST", ORDERS).sized(3)).isProblem(400, "key-required");
        send(keyed("POST", ORDERS).with("idempotency-key", key).sized(3)).isProblem(400, "key-malformed");
        assertThat(ran()).isEqualTo(before);
        send(Request.of("POST", ORDERS)
                        .token(guarded.token("acme-de", "bob"))
                        .with("idempotency-key", key)
                        .sized(3))
                .isServed();
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void case16And17And18And19TellsOutcomesApart() throws Exception {
        long before = ran();
        for (String refused : List.of("status=429", "status=500&outcome=not-applied")) {
            Answer released = send(keyed("POST", ORDERS + "?" + refused).sized(3));
            assertThat(released.header("idempotency-status"))
                    .as(released.body())
                    .isEqualTo("released");
            assertThat(released.header("idempotency-outcome")).isEmpty();
        }
        assertThat(send(keyed("POST", ORDERS + "?status=500").sized(3)).header("idempotency-status"))
                .isEqualTo("unknown");
        send(keyed("POST", ORDERS + "?status=500").sized(3)).isProblem(409, "outcome-unknown");
        assertThat(ran()).isEqualTo(before + 3);
    }

    @Test
    void case24SaysThatNobodyKnowsAfterALostConnection() throws Exception {
        long before = ran();
        assertThat(send(keyed("POST", ORDERS + "?status=0").sized(3)).status()).isEqualTo(502);
        Waiting.until(
                "the log phase has told the guard",
                () -> send(keyed("POST", ORDERS + "?status=0").sized(3))
                        .json()
                        .path("type")
                        .asText()
                        .endsWith("outcome-unknown"));
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void case30RefusesWhileTheStoreIsAway() throws Exception {
        long before = ran();
        guarded.sql("ALTER FUNCTION idempotency.acquire RENAME TO gone");
        try {
            send(keyed("POST", ORDERS).sized(3)).isProblem(503, "store-unavailable");
            send(as("acme-de", "POST", ORDERS).sized(3)).isServed();
        } finally {
            guarded.sql("ALTER FUNCTION idempotency.gone RENAME TO acquire");
        }
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void case80And83ANormalUpdateSurvivesNginxAndIsNotRunTwice() throws Exception {
        long before = ran();
        Request put =
                keyed("PUT", ORDERS + "/1?etag=v2").with("if-match", "\"v1\"").sized(3);
        Answer written = send(put);
        assertThat(written.status()).isEqualTo(200);
        assertThat(written.upstreamGot("if-match")).containsExactly("\"v1\"");
        Waiting.until("the log phase has told the guard", () -> {
            Answer retry = send(put);
            return retry.json().path("type").asText().endsWith("replay-unavailable");
        });
        assertThat(ran()).isEqualTo(before + 1);
        Answer unkeyed = send(as("acme-de", "PUT", ORDERS + "/1?etag=v2")
                .with("if-match", "\"v1\"")
                .sized(3));
        assertThat(unkeyed.status()).isEqualTo(200);
    }

    @Test
    void case81AWriteNeverBecomes304() throws Exception {
        Answer written = send(keyed("PUT", ORDERS + "/1?etag=v2")
                .with("if-none-match", "\"v2\"")
                .sized(3));
        assertThat(written.status()).isEqualTo(200);
    }

    @Test
    void case78And85TagsReadsAndAnswers304() throws Exception {
        Request read = as("tagged", "GET", ORDERS + "/1").with("x-correlation-id", key);
        Answer first = send(read);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("etag")).matches("\"[A-Za-z0-9_-]{43}\"");
        assertThat(send(as("tagged", "GET", ORDERS + "/1?etag=up")).header("etag"))
                .isEqualTo("\"up\"");
    }

    @Test
    void case67And70RefusesWritesWithoutAGoodCondition() throws Exception {
        Request put = as("strict", "PUT", ORDERS + "/1").sized(3);
        send(put).isProblem(428, "precondition-required");
        send(put.with("if-match", "W/\"a\"")).isProblem(412, "precondition-failed");
        send(put.with("if-match", "a")).isProblem(400, "precondition-malformed");
        send(put.with("if-match", "\"a\"")).isServed();
    }

    @Test
    void case87AMethodThatNginxDoesNotKnowIsNotTurnedIntoAGet() throws Exception {
        Answer query = send(as("acme-de", "QUERY", ORDERS + "/1").sized(3));
        assertThat(query.json().path("method").asText()).as(query.body()).isEqualTo("QUERY");
    }

    @Test
    void case40And43NobodySpeaksForTheGateway() throws Exception {
        long before = ran();
        send(keyed("POST", ORDERS).with("connection", "idempotency-key").sized(3))
                .isProblem(400, "bad-request");
        send(keyed("POST", ORDERS).with("x_user_id", "root").sized(3)).isProblem(400, "bad-request");
        send(keyed("POST", ORDERS).with("x-tenant-id", "acme-fr").sized(3)).isProblem(403, "tenant-mismatch");
        assertThat(ran()).isEqualTo(before);
        Answer served = send(as("acme-de", "POST", ORDERS)
                .with("x-user-id", "root")
                .with("x-org-id", "evil")
                .with("x-gatewright-tenant", "acme-fr")
                .sized(3));
        assertThat(served.upstreamGot("x-user-id")).containsExactly("alice");
        assertThat(served.upstreamGot("x-org-id")).containsExactly("acme");
        assertThat(served.upstreamGot("x-gatewright-tenant")).isEmpty();
    }

    @Test
    void refusesEveryBadTokenAlike() throws Exception {
        long before = ran();
        send(Request.of("POST", ORDERS).sized(3)).isProblem(401, "token-required");
        String good = guarded.token("acme-de", "alice");
        String body = good.split("\\.", -1)[1];
        List<String> bad = List.of(
                "eyJhbGciOiJub25lIn0." + body + ".",
                good.substring(0, good.length() - 4) + "AAAA",
                "a.b.c",
                "x".repeat(20_000),
                guarded.issuer().token("alice", Map.of("tenant_id", "acme-de", "typ", "ID")),
                guarded.issuer().token("alice", Map.of("tenant_id", "acme-de", "nonce", "n")));
        for (String token : bad) {
            try {
                Answer refused = send(Request.of("POST", ORDERS).token(token).sized(3));
                assertThat(refused.status()).as(refused.body()).isIn(400, 401);
            } catch (EOFException e) {
                assertThat(token.length()).isGreaterThan(10_000); // too large for the proxy itself
            }
        }
        send(Request.of("POST", ORDERS).token(good).token(good).sized(3)).isProblem(401, "invalid-token");
        assertThat(ran()).isEqualTo(before);
    }

    @Test
    void refusesNoTokenBeforeDuringAndAfterARotationOfKeys() throws Exception {
        StubIssuer issuer = guarded.issuer();
        String first = issuer.publicKey().getKeyID();
        int port = guarded.kong().proxy().getPort();
        Request old = as("acme-de", "GET", ORDERS + "/1");
        Traffic before = new Traffic(port, old, old);
        issuer.announce();
        guarded.change(Documents.signingKeys("main", issuer));
        before.awaitMore(20);
        issuer.signWithNewest();
        try (Traffic after = new Traffic(port, as("acme-de", "GET", ORDERS + "/1"))) {
            before.awaitMore(20);
            before.close();
            send(old).isServed();
            issuer.withdraw(first);
            guarded.change(Documents.signingKeys("main", issuer));
            send(old).isProblem(401, "invalid-token");
            after.awaitMore(20);
        }
    }
}
