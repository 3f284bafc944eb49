package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Retries, told by a real Envoy and a simulated Kong in the same lines; the numbers are those of docs/guard-cases.md. */
final class RetriesAtBothDoorsIT {
    private static final String ORDERS = "/api/orders";
    private static final String PAPERS = "/api/papers";
    private static final String FIRST = "200 executed, ran 1";
    private static final String AGAIN = "200 replayed marked, ran 0";
    private static final String OTHER = "422 fingerprint-mismatch, ran 0";

    private static final String HELD = PAPERS + "/held";

    private static BothDoors doors;

    private final String key = UUID.randomUUID().toString();

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    @BeforeAll
    static void start() throws Exception {
        doors = new BothDoors(tenant("moved"));
    }

    @AfterAll
    static void stop() {
        doors.close();
    }

    @Test
    void case5And63WhileTheFirstRunsOthersHearSoAndWhenToAskAgain() throws Exception {
        doors.each(gateway -> whileTheFirstRuns(gateway, () -> {
            assertThat(gateway.tell(gateway.keyed(key, "POST", HELD).sized(4))).isEqualTo(OTHER);
            Answer early = gateway.send(gateway.post(key, HELD));
            early.isProblem(409, "in-progress");
            assertThat(early.header("retry-after")).isEqualTo("1");
            assertThat(early.json().path("retryable").asBoolean()).isTrue();
        }));
    }

    @Test
    void case23And28WhenTheLeaseIsOverNobodyKnowsUntilTheLateEndComes() throws Exception {
        doors.each(gateway -> whileTheFirstRuns(gateway, () -> {
            gateway.door().sql("UPDATE idempotency.claim SET lease_until = clock_timestamp() - interval '1 second'");
            assertThat(gateway.tell(gateway.post(key, HELD))).isEqualTo("409 outcome-unknown, ran 0");
        }));
    }

    /** Whatever the others are told, the first one's answer counts in the end. */
    private void whileTheFirstRuns(Teller gateway, Step others) throws Exception {
        int before = gateway.papers().requests();
        Request post = gateway.post(key, HELD);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> first = threads.submit(() -> gateway.send(post));
            try {
                Waiting.until("the module has it", () -> gateway.papers().requests() == before + 1);
                others.run();
            } finally {
                gateway.papers().release();
            }
            assertThat(Teller.line(first.get())).isEqualTo("201 executed");
        }
        assertThat(gateway.tell(post)).isEqualTo("201 replayed marked, ran 0");
    }

    /** A key is claimed when the body is there: until then nobody waits for whoever dawdles. */
    @Test
    void case63ABodyThatDoesNotComeHoldsNoKey() throws Exception {
        doors.tellTheSame(
                gateway -> {
                    try (Connection slow = new Connection(gateway.door().port())) {
                        slow.write(gateway.keyed(key, "POST", ORDERS).with("content-length", "3"));
                        String quick = gateway.tell(gateway.post(key, ORDERS));
                        return List.of(quick, Teller.line(slow.finish("xxx")));
                    }
                },
                FIRST,
                "200 replayed marked");
    }

    @Test
    void case8And9And10KeysBelongToTenantAndRouteAndPathsAreCompared() throws Exception {
        doors.tellTheSame(
                gateway -> List.of(
                        gateway.tell(gateway.post(key, ORDERS + "/1")),
                        gateway.tell(gateway.as("acme-fr", "POST", ORDERS + "/1")
                                .with("idempotency-key", key)
                                .sized(3)),
                        gateway.tell(gateway.post(key, ORDERS)),
                        gateway.tell(gateway.post(key, PAPERS)),
                        gateway.tell(gateway.post(key, ORDERS + "/2")),
                        gateway.tell(gateway.post(key, ORDERS + "/1?draft=1"))),
                FIRST,
                FIRST,
                FIRST,
                "201 executed, ran 1",
                OTHER,
                OTHER);
    }

    @Test
    void case12And13And14WhichMethodsAndSpellingsOfAKeyCount() throws Exception {
        doors.tellTheSame(
                gateway -> List.of(
                        gateway.tell(gateway.keyed(key, "DELETE", ORDERS + "/1?status=204")),
                        gateway.tell(gateway.as("acme-de", "DELETE", ORDERS + "/1?status=204")
                                .with("idempotency-key", '"' + key + '"')),
                        gateway.tell(gateway.keyed(key, "GET", ORDERS + "/1")),
                        gateway.tell(gateway.keyed(key, "GET", ORDERS + "/1")),
                        gateway.tell(gateway.keyed(key, "PUT", ORDERS + "/1").sized(3))),
                "204 executed, ran 1",
                "204 replayed marked, ran 0",
                "200 ignored, ran 1",
                "200 ignored, ran 1",
                OTHER);
    }

    @Test
    void case18ABusyModuleSaysThatNothingRan() throws Exception {
        doors.tellTheSame(
                gateway -> List.of(
                        gateway.tell(gateway.post(key, PAPERS + "/later")),
                        gateway.tell(gateway.post(key, PAPERS + "/later"))),
                "503 released, ran 1",
                "503 released, ran 1");
    }

    @Test
    void case21AKeyIsExpiredForAWeekAndForgottenThen() throws Exception {
        doors.tellTheSame(
                gateway -> {
                    String first = gateway.tell(gateway.post(key, ORDERS));
                    gateway.door()
                            .sql("UPDATE idempotency.claim SET expires = clock_timestamp() - interval '1 second'");
                    String expired = gateway.tell(gateway.post(key, ORDERS));
                    gateway.door()
                            .sql(
                                    "UPDATE idempotency.claim SET expires = clock_timestamp() - interval '7 days 1 second'");
                    return List.of(first, expired, gateway.tell(gateway.post(key, ORDERS)));
                },
                FIRST,
                "409 key-expired, ran 0",
                FIRST);
    }

    @Test
    void case33NobodyCanAskForRetriesBelowTheRecord() throws Exception {
        doors.tellTheSame(
                gateway -> List.of(
                        gateway.tell(insisting(gateway, "?status=500")),
                        gateway.tell(insisting(gateway, "?status=500"))),
                "500 unknown, ran 1",
                "409 outcome-unknown, ran 0");
    }

    private Request insisting(Teller gateway, String query) {
        return gateway.keyed(key, "PUT", ORDERS + "/1" + query)
                .with("x-envoy-retry-on", "5xx,reset,retriable-4xx")
                .with("x-envoy-max-retries", "3")
                .with("x-envoy-upstream-rq-per-try-timeout-ms", "1")
                .sized(3);
    }

    @Test
    void case37WhatAKeyCameToStaysWhateverThePolicyIsByThen() throws Exception {
        doors.tellTheSame(
                gateway -> {
                    Request order = gateway.as("moved", "POST", ORDERS)
                            .with("idempotency-key", key)
                            .sized(3);
                    Request failing = gateway.as("moved", "POST", ORDERS + "/9?status=500")
                            .with("idempotency-key", key + "-failing")
                            .sized(3);
                    String first = gateway.tell(order);
                    String failed = gateway.tell(failing);
                    gateway.door()
                            .change(
                                    setting("tenant=moved", "idempotency.mode", "\"required\""),
                                    setting("tenant=moved", "idempotency.on-server-error", "\"replay\""),
                                    setting("tenant=moved", "idempotency.ttl", "\"PT48H\""),
                                    setting("tenant=moved", "precondition.mode", "\"require\""));
                    return List.of(first, failed, gateway.tell(order), gateway.tell(failing));
                },
                FIRST,
                "500 unknown, ran 1",
                AGAIN,
                "409 outcome-unknown, ran 0");
    }

    /** Kong answers 502 to a refused connection as to one that was lost, so there nobody knows. */
    @Test
    void case20WhatCouldNotBeSentMayRun() throws Exception {
        List<List<String>> told = doors.tell(gateway -> {
            Request post = gateway.post(key, "/api/away");
            gateway.door().serve("away", "/api/away", "127.0.0.1:9");
            String refused = gateway.tell(post);
            Waiting.until(
                    "the log phase has told the guard",
                    () -> !Teller.line(gateway.send(post)).contains("in-progress"));
            gateway.door().serve("away", "/api/away", gateway.papers().endpoint());
            return List.of(refused, gateway.tell(post));
        });
        assertThat(told)
                .containsExactly(
                        List.of("503 released unavailable, ran 0", "201 executed, ran 1"),
                        List.of("502, ran 0", "409 outcome-unknown, ran 0"));
    }

    @Test
    void case26AnAnswerThatCannotBeKeptNowIsDeliveredAndKeptLater() throws Exception {
        doors.tellTheSame(
                gateway -> {
                    gateway.door().sql("ALTER FUNCTION idempotency.complete RENAME TO gone");
                    Answer first = gateway.send(gateway.post(key, ORDERS));
                    gateway.door().sql("ALTER FUNCTION idempotency.gone RENAME TO complete");
                    return List.of(
                            first.status() + " " + first.header("idempotency-status"),
                            gateway.tell(gateway.post(key, ORDERS).with("prefer", "wait=10")));
                },
                "200 executed;stored=?0",
                AGAIN);
    }
}
