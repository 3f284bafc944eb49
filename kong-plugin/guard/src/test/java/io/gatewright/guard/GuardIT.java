package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What callers get, row by row, from a real Postgres. */
final class GuardIT extends GuardFixture {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void case1RunsTheFirstUse() {
        Reply first = send("{}");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.fields().first("idempotency-status")).matches("executed;expires=86[34][0-9]{2}");
        ran(1);
    }

    @Test
    void case2And15ReplaysTheSameAnswerByteForByte() {
        Reply first = send("{}");
        Reply second = send("{}");
        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        for (String kept : List.of("location", "etag", "content-type")) {
            assertThat(second.fields().all(kept)).isEqualTo(first.fields().all(kept));
        }
        assertThat(second.fields().first("idempotent-replayed")).isEqualTo("true");
        assertThat(second.fields().first("idempotency-status")).startsWith("replayed;age=");
        assertThat(second.fields().first("cache-control")).isEqualTo("no-store");
        assertThat(second.fields().has("idempotency-original-correlation-id")).isTrue();
        ran(1);
    }

    @Test
    void case3And4OfFiftyAtOnceOneRunsAndTheOthersWait() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                replies.add(threads.submit(() -> upstream.send(post("prefer", "respond-async, wait=10"), "{}")));
            }
            Reply first = replies.getFirst().get();
            for (Future<Reply> reply : replies) {
                assertThat(reply.get().status()).isEqualTo(201);
                assertThat(reply.get().body()).isEqualTo(first.body());
            }
        }
        ran(1);
    }

    @Test
    void case3And5RefusesWhileTheFirstRunsAndAnotherBodyBeforeThat() throws Exception {
        upstream.answers = head -> {
            try {
                Reply second = send("{}");
                isProblem(second, 409, "in-progress");
                assertThat(second.fields().first("retry-after")).isEqualTo("1");
                isProblem(send("{\"other\":1}"), 422, "fingerprint-mismatch");
            } catch (JsonProcessingException e) {
                throw new AssertionError(e);
            }
            return new Ending.Answered(201, Fields.none(), Octets.NONE);
        };
        assertThat(send("{}").status()).isEqualTo(201);
        ran(1);
    }

    @Test
    void case6RefusesAnotherRequestWithTheKeyAndTellsNothingOfTheFirst() throws Exception {
        send("{}");
        for (RequestHead other : List.of(
                request("PUT", "/orders"),
                request("POST", "/orders/7"),
                request("POST", "/orders?x=1"),
                post("if-match", "\"1\""))) {
            isProblem(upstream.send(other, "{}"), 422, "fingerprint-mismatch");
        }
        Reply refused = send("{\"a\":2}");
        isProblem(refused, 422, "fingerprint-mismatch");
        assertThat(refused.body().text()).doesNotContain("/orders/1");
        ran(1);
    }

    @Test
    void case7And8And9And42EachActorTenantAndRouteHasKeysOfItsOwn() {
        Caller alice = GuardedUpstream.caller("acme-de", "alice");
        List<Caller> callers = List.of(
                alice,
                GuardedUpstream.caller("acme-de", "bob"),
                GuardedUpstream.caller("acme-fr", "alice"),
                new Caller(
                        "acme-de",
                        "acme",
                        "alice",
                        "orders",
                        "cancel",
                        alice.correlationId(),
                        UUID.randomUUID().toString()),
                GuardedUpstream.caller("a", "b:c"),
                GuardedUpstream.caller("a:b", "c"));
        for (Caller caller : callers) {
            assertThat(upstream.send(post(), "{}", caller, GuardedUpstream.POLICY)
                            .fields()
                            .has("idempotent-replayed"))
                    .isFalse();
        }
        ran(callers.size());
    }

    @Test
    void case11RefusesWithoutAKeyWhereOneIsRequired() throws Exception {
        GuardPolicy required = GuardedUpstream.policy("required", "any", false, false);
        RequestHead keyless = new RequestHead("POST", "/orders", Fields.none());
        isProblem(
                upstream.send(keyless, "{}", GuardedUpstream.caller("acme-de", "alice"), required),
                400,
                "key-required");
        ran(0);
    }

    @Test
    void case13IgnoresKeysOfReadsAndSaysSo() {
        for (int i = 1; i <= 2; i++) {
            assertThat(upstream.send(request("GET", "/orders/1"), "").fields().first("idempotency-status"))
                    .isEqualTo("ignored");
            ran(i);
        }
    }

    @Test
    void case14ReplaysEmptyAnswersOfPutAndDelete() {
        upstream.answers = head -> new Ending.Answered(204, Fields.none(), Octets.NONE);
        assertThat(upstream.send(request("DELETE", "/orders/1"), "").status()).isEqualTo(204);
        Reply replayed = upstream.send(request("DELETE", "/orders/1"), "");
        assertThat(replayed.status()).isEqualTo(204);
        assertThat(replayed.fields().has("idempotent-replayed")).isTrue();
        ran(1);
    }

    @Test
    void case16And18And19And20RunsAgainWhatTookNoEffectAlsoWithAnotherBody() {
        List<Ending> released = List.of(
                new Ending.Answered(429, Fields.none(), Octets.NONE),
                new Ending.Answered(503, Fields.of("retry-after", "1"), Octets.NONE),
                new Ending.Answered(500, Fields.of("idempotency-outcome", "not-applied"), Octets.NONE),
                new Ending.NotSent());
        for (int i = 0; i < released.size(); i++) {
            Ending ending = released.get(i);
            upstream.answers = head -> ending;
            Reply reply = send("{\"try\":" + i + "}");
            assertThat(reply.fields().first("idempotency-status")).isEqualTo("released");
            assertThat(reply.fields().has("idempotency-outcome")).isFalse();
            ran(i + 1);
        }
        upstream.answers = head -> new Ending.Answered(400, Fields.none(), Octets.of("no"));
        assertThat(send("{}").status()).isEqualTo(400);
        assertThat(send("{}").fields().has("idempotent-replayed")).isTrue();
        ran(released.size() + 1);
    }

    @Test
    void case56RefusesABodyThatHasNotItsDigest() throws Exception {
        String wrong = "sha-256=:" + "A".repeat(43) + "=:";
        isProblem(upstream.send(post("content-digest", wrong), "{}"), 400, "digest-mismatch");
        ran(0);
    }

    @Test
    void case66And26AppendsTheEventWithTheAnswerAndNothingPersonalButTheActor() throws Exception {
        send("{\"name\":\"Jane\"}");
        JsonNode event =
                JSON.readTree(upstream.ask("SELECT body FROM events.log WHERE type = 'gateway.request.executed.v1'"));
        assertThat(event.path("tenantid").asText()).isEqualTo("acme-de");
        assertThat(event.path("data").path("status").asInt()).isEqualTo(201);
        assertThat(event.toString()).doesNotContain("Jane").doesNotContain(key).doesNotContain("/orders");
    }

    @Test
    void case83And84ReplaysBeforeItLooksAtConditionsAndRunsAgainAfterA412() {
        GuardPolicy policy = GuardedUpstream.POLICY;
        Caller caller = GuardedUpstream.caller("acme-de", "alice");
        RequestHead put = request("PUT", "/orders/1", "if-match", "\"v0\"");
        upstream.answers = head -> new Ending.Answered(412, Fields.none(), Octets.NONE);
        assertThat(upstream.send(put, "{}", caller, policy).status()).isEqualTo(412);
        upstream.answers = head -> new Ending.Answered(200, Fields.of("etag", "\"v2\""), Octets.of("{}"));
        RequestHead fresh = request("PUT", "/orders/1", "if-match", "\"v1\"");
        assertThat(upstream.send(fresh, "{}").status()).isEqualTo(200);
        assertThat(upstream.send(fresh, "{}").fields().has("idempotent-replayed"))
                .isTrue();
        ran(2);
    }
}
