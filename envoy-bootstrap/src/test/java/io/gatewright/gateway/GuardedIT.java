package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Retries and stale writes through a real Envoy; the numbers are those of docs/guard-cases.md. */
final class GuardedIT {
    private static final String ORDERS = "/api/orders";

    private static GuardedGateway guarded;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        guarded = new GuardedGateway("acme-de", "acme-fr");
        guarded.gateway.change(
                tenant("strict"),
                setting("tenant=strict,route=orders/create", "idempotency.mode", "\"required\""),
                setting("tenant=strict,module=customers", "precondition.mode", "\"require\""),
                tenant("tagged"),
                setting("tenant=tagged", "precondition.etag", "\"auto\""),
                setting("global", "cors.allowed-origins", "[\"https://app.example.com\"]"));
    }

    @AfterAll
    static void stop() {
        guarded.close();
    }

    private static Request as(String tenant, String method, String path) {
        return Request.of(method, path).token(guarded.gateway.token(tenant));
    }

    private Request keyed(String method, String path) {
        return as("acme-de", method, path).with("idempotency-key", key);
    }

    private static Answer send(Request request) throws IOException {
        return guarded.send(request);
    }

    private static long ran() {
        return guarded.gateway.upstream().requests();
    }

    @Test
    void case1And2And15ReplaysTheFirstAnswerByteForByte() throws Exception {
        long before = ran();
        Answer first = send(keyed("POST", ORDERS).sized(3));
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(first.header("idempotency-status")).startsWith("executed;expires=");
        assertThat(first.upstreamGot("idempotency-key")).containsExactly(key);
        assertThat(first.upstreamGot("x-envoy-max-retries")).isEmpty();
        Answer second = send(keyed("POST", ORDERS).sized(3));
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("idempotent-replayed")).isEqualTo("true");
        assertThat(second.header("cache-control")).isEqualTo("no-store");
        assertThat(second.header("content-type")).isEqualTo("application/json");
        assertThat(second.header("x-correlation-id")).isNotEqualTo(first.header("x-correlation-id"));
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
    void case5And6And10RefusesAnotherRequestWithTheKey() throws Exception {
        send(keyed("POST", ORDERS).sized(3));
        long before = ran();
        send(keyed("POST", ORDERS).sized(4)).isProblem(422, "fingerprint-mismatch");
        send(keyed("POST", ORDERS + "?a=1").sized(3)).isProblem(422, "fingerprint-mismatch");
        assertThat(ran()).isEqualTo(before);
    }

    @Test
    void case7And8And9KeysBelongToActorTenantAndRoute() throws Exception {
        long before = ran();
        send(keyed("POST", ORDERS).sized(3)).isServed();
        send(Request.of("POST", ORDERS)
                        .token(guarded.gateway.token("acme-de", "bob"))
                        .with("idempotency-key", key)
                        .sized(3))
                .isServed();
        send(as("acme-fr", "POST", ORDERS).with("idempotency-key", key).sized(3))
                .isServed();
        send(keyed("POST", "/api/customers").sized(3)).isServed();
        assertThat(ran()).isEqualTo(before + 4);
    }

    @Test
    void case11And39And46RefusesWithoutAGoodKey() throws Exception {
        long before = ran();
        send(as("strict", "POST", ORDERS).sized(3)).isProblem(400, "key-required");
        for (String bad : List.of("short", "\"unterminated-0123456789", key + "," + key, "0123456789 abcdef")) {
            send(as("acme-de", "POST", ORDERS).with("idempotency-key", bad).sized(3))
                    .isProblem(400, "key-malformed");
        }
        send(keyed("POST", ORDERS).with("idempotency-key", key).sized(3)).isProblem(400, "key-malformed");
        assertThat(ran()).isEqualTo(before);
    }

    @Test
    void case12And14QuotedIsTheSameKeyAndBodylessDeletesAreReplayed() throws Exception {
        guarded.gateway.change(setting("tenant=acme-de", "idempotency.methods", "[\"POST\",\"DELETE\"]"));
        long before = ran();
        assertThat(send(keyed("DELETE", ORDERS + "/1?status=204")).status()).isEqualTo(204);
        Answer replayed =
                send(as("acme-de", "DELETE", ORDERS + "/1?status=204").with("idempotency-key", '"' + key + '"'));
        assertThat(replayed.status()).isEqualTo(204);
        assertThat(replayed.header("idempotent-replayed")).isEqualTo("true");
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void case13IgnoresKeysOfReadsAndSaysSo() throws Exception {
        long before = ran();
        for (int i = 0; i < 2; i++) {
            Answer read = send(keyed("GET", ORDERS + "/1"));
            assertThat(read.status()).isEqualTo(200);
            assertThat(read.header("idempotency-status")).isEqualTo("ignored");
        }
        assertThat(ran()).isEqualTo(before + 2);
    }

    @Test
    void case16And18And19RunsAgainWhatTookNoEffect() throws Exception {
        long before = ran();
        for (String refused : List.of("status=429", "status=501", "status=500&outcome=not-applied")) {
            Answer released = send(keyed("POST", ORDERS + "?" + refused).sized(3));
            assertThat(released.header("idempotency-status"))
                    .as(released.body())
                    .isEqualTo("released");
            assertThat(released.header("idempotency-outcome")).isEmpty();
        }
        assertThat(send(keyed("POST", ORDERS + "?status=400").sized(3)).status())
                .isEqualTo(400);
        Answer replayed = send(keyed("POST", ORDERS + "?status=400").sized(3));
        assertThat(replayed.header("idempotent-replayed")).isEqualTo("true");
        assertThat(replayed.header("content-type")).isEqualTo("application/json");
        assertThat(replayed.json().path("method").asText()).isEqualTo("POST");
        assertThat(ran()).isEqualTo(before + 4);
    }

    @Test
    void case17SaysThatNobodyKnowsAfterAServerError() throws Exception {
        long before = ran();
        assertThat(send(keyed("POST", ORDERS + "?status=500").sized(3)).header("idempotency-status"))
                .isEqualTo("unknown");
        send(keyed("POST", ORDERS + "?status=500").sized(3)).isProblem(409, "outcome-unknown");
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void case24AndCase32SaysThatNobodyKnowsAfterALostConnection() throws Exception {
        long before = ran();
        send(keyed("POST", ORDERS + "?status=0").sized(3)).isProblem(503, "unavailable");
        send(keyed("POST", ORDERS + "?status=0").sized(3)).isProblem(409, "outcome-unknown");
        assertThat(ran()).isEqualTo(before + 1);
        String other = UUID.randomUUID().toString();
        Request slow = as("acme-de", "POST", ORDERS + "/slow?ms=2000")
                .with("idempotency-key", other)
                .sized(3);
        try (Connection client = new Connection(guarded.gateway.port())) {
            client.write(slow);
            Waiting.until("the upstream has it", () -> ran() == before + 2);
        }
        Waiting.until(
                "the guard knows that it is over",
                () -> send(slow).json().path("type").asText().endsWith("outcome-unknown"));
        assertThat(ran()).isEqualTo(before + 2);
    }

    @Test
    void case43NobodyElseSpeaksForTheGateway() throws Exception {
        Answer answer = send(keyed("POST", ORDERS)
                .with("x-gatewright-tenant", "acme-fr")
                .with("x-gatewright-tags", "1")
                .sized(3));
        assertThat(answer.upstreamGot("x-gatewright-tenant")).isEmpty();
        assertThat(answer.upstreamGot("x-gatewright-tags")).isEmpty();
        assertThat(guarded.ask("SELECT count(*) FROM idempotency.claim WHERE tenant NOT IN ('acme-de', 'acme-fr')"))
                .isEqualTo("0");
    }

    @Test
    void case51ReplaysWithTheCorsHeadersOfThePresentRequest() throws Exception {
        send(keyed("POST", ORDERS).sized(3)).isServed();
        Answer replayed = send(
                keyed("POST", ORDERS).with("origin", "https://app.example.com").sized(3));
        assertThat(replayed.header("idempotent-replayed")).isEqualTo("true");
        assertThat(replayed.header("access-control-allow-origin")).isEqualTo("https://app.example.com");
    }

    @Test
    void case30RefusesWhileTheStoreIsAwayAndServesWhatNeedsNone() throws Exception {
        long before = ran();
        guarded.sql("ALTER FUNCTION idempotency.acquire RENAME TO gone");
        try {
            send(keyed("POST", ORDERS).sized(3)).isProblem(503, "store-unavailable");
            send(as("acme-de", "POST", ORDERS).sized(3)).isServed();
        } finally {
            guarded.sql("ALTER FUNCTION idempotency.gone RENAME TO acquire");
        }
        assertThat(ran()).isEqualTo(before + 1);
        send(keyed("POST", ORDERS).sized(3)).isServed();
    }

    @Test
    void largeBodiesNeedADigest() throws Exception {
        guarded.gateway.change(setting("tenant=acme-de", "body.max-bytes", "20000000"));
        Request large = keyed("POST", ORDERS).sized(5_000_000);
        send(large).isProblem(413, "body-too-large");
        Answer first = send(keyed("POST", ORDERS)
                .with("content-digest", "sha-256=:" + "A".repeat(43) + "=:")
                .sized(5_000_000));
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(first.json().path("bodyBytes").asInt()).isEqualTo(5_000_000);
    }

    @Test
    void case67And69And70RefusesWritesWithoutAGoodCondition() throws Exception {
        long before = ran();
        Request put = as("strict", "PUT", "/api/customers/1").sized(3);
        send(put).isProblem(428, "precondition-required");
        send(put.with("if-match", "*")).isProblem(428, "precondition-required");
        send(put.with("if-match", "W/\"a\"")).isProblem(412, "precondition-failed");
        send(put.with("if-match", "a")).isProblem(400, "precondition-malformed");
        assertThat(ran()).isEqualTo(before);
        Answer written = send(put.with("if-match", "\"a\""));
        assertThat(written.upstreamGot("if-match")).containsExactly("\"a\"");
    }

    @Test
    void case78Answers304ToTheTagOfTheUpstreamAndToOneOfItsOwn() throws Exception {
        Answer upstreams = send(as("acme-de", "GET", ORDERS + "/1?etag=v7").with("if-none-match", "\"v7\""));
        assertThat(upstreams.status()).isEqualTo(304);
        assertThat(upstreams.header("etag")).isEqualTo("\"v7\"");
        assertThat(upstreams.body()).isEmpty();
        Request read = as("tagged", "GET", ORDERS + "/1").with("x-correlation-id", key);
        Answer first = send(read);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("etag")).matches("\"[A-Za-z0-9_-]{43}\"");
        assertThat(send(as("tagged", "GET", ORDERS + "/1?etag=up")).header("etag"))
                .isEqualTo("\"up\"");
    }

    @Test
    void case36AnUpgradeOfTheGuardFailsNoRequest() throws Exception {
        guarded.gateway.change(setting("tenant=acme-de", "rate-limit.mode", "\"off\""));
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(threads.submit(() -> {
                    int sent = 0;
                    while (!over.get()) {
                        Request request = as("acme-de", "POST", ORDERS)
                                .with("idempotency-key", UUID.randomUUID().toString())
                                .sized(3);
                        Answer answer = send(request);
                        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                        sent++;
                    }
                    return sent;
                }));
            }
            try {
                for (int i = 0; i < 2; i++) {
                    guarded.upgradeGuard();
                }
            } finally {
                over.set(true);
            }
            for (Future<Integer> client : clients) {
                assertThat(client.get()).isPositive();
            }
        }
    }
}
