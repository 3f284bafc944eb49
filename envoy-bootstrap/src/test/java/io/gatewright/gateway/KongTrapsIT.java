package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.testkit.SimulatedKong;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a Kong does that no client and no upstream would expect, around the guard; the numbers are those of docs/guard-cases.md. */
final class KongTrapsIT {
    private static final String ORDERS = "/api/orders";

    private static GuardedKong guarded;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        guarded = new GuardedKong(
                tenant("acme-de"),
                setting("tenant=acme-de", "idempotency.methods", "[\"POST\",\"PUT\"]"),
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

    private static Request keyed(String key, String path) {
        return as("acme-de", "POST", path).with("idempotency-key", key);
    }

    private static Answer send(Request request) throws IOException {
        return guarded.send(request);
    }

    private static long ran() {
        return guarded.upstream.requests();
    }

    private static boolean isProblem(Answer answer, String type) throws IOException {
        return answer.json().path("type").asText().endsWith(type);
    }

    @Test
    void keepsNobodyElsesAnswerWhenKongMixesUpRequestsAfterAFailedLogEvent() throws Exception {
        for (int i = 0; i < 20; i++) {
            long failed = failedLogEvents();
            guarded.kong().failNextLogEvent();
            send(as("acme-de", "POST", ORDERS + "?etag=nobodys").sized(1)).isServed();
            Waiting.until("the log event has failed", () -> failedLogEvents() > failed);
            String own = UUID.randomUUID().toString();
            Answer first = send(keyed(own, ORDERS + "?etag=own" + i).sized(1));
            Answer replayed = send(keyed(own, ORDERS + "?etag=own" + i).sized(1));
            assertThat(replayed.header("idempotent-replayed")).isEqualTo("true");
            assertThat(replayed.header("etag")).isEqualTo("\"own" + i + '"');
            assertThat(replayed.body()).isEqualTo(first.body()).contains("?etag=own" + i + '"');
        }
    }

    private static long failedLogEvents() {
        return guarded.kong().log().stream()
                .filter(line -> line.contains("in log:"))
                .count();
    }

    @Test
    void case32KongKeepsTheAnswerOfAClientThatLeft() throws Exception {
        long before = ran();
        Request slow = keyed(key, ORDERS + "/slow?ms=300").sized(3);
        try (Connection client = new Connection(guarded.kong().proxy().getPort())) {
            client.write(slow);
            Waiting.until("the upstream has it", () -> ran() == before + 1);
        }
        Waiting.until(
                "the answer is kept",
                () -> send(slow).header("idempotent-replayed").equals("true"));
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void case24AHeldAnswerThatBreaksOffIsUnknownWhateverItsStatus() throws Exception {
        for (int status : List.of(201, 404, 503)) {
            long before = ran();
            Request broken = keyed(UUID.randomUUID().toString(), ORDERS + "?status=" + status + "&cut=1")
                    .sized(3);
            assertThat(send(broken).status()).isEqualTo(status);
            Waiting.until("the log phase has told the guard", () -> isProblem(send(broken), "outcome-unknown"));
            assertThat(ran()).as("status " + status).isEqualTo(before + 1);
        }
    }

    /** Which is why every service that we generate for a Kong has {@code retries: 0}. */
    @Test
    void case33AKongThatMayRepeatRunsAKeyedUpdateTwiceAndOneThatMayNotOnce() throws Exception {
        for (int retries : List.of(0, 1)) {
            long before = ran();
            Request slow = as("acme-de", "PUT", ORDERS + "/slow?ms=30000")
                    .with("idempotency-key", UUID.randomUUID().toString())
                    .sized(3);
            try (SimulatedKong impatient = guarded.another(
                    "{\"module\":\"orders\"}",
                    kong -> kong.upstreamTimeout(Duration.ofSeconds(1)).retries(retries))) {
                assertThat(Connection.once(impatient.proxy().getPort(), slow).status())
                        .isEqualTo(504);
                Waiting.until("the log phase has told the guard", () -> isProblem(send(slow), "outcome-unknown"));
            }
            assertThat(ran()).isEqualTo(before + 1 + retries);
        }
    }

    @Test
    void case20WhatALaterPluginRefusedMayRun() throws Exception {
        long before = ran();
        Request refused = keyed(key, ORDERS).sized(3);
        assertThat(send(refused.with(RefusingPlugin.ASKS, "now")).status()).isEqualTo(403);
        assertThat(ran()).isEqualTo(before);
        Waiting.until("the log phase has told the guard", () -> send(refused).status() == 200);
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void readsBodiesThatKongKeepsInAFile() throws Exception {
        Request large = keyed(key, ORDERS).sized(50_000);
        send(large).isServed();
        assertThat(send(large).header("idempotent-replayed")).isEqualTo("true");
        send(keyed(key, ORDERS).sized(50_001)).isProblem(422, "fingerprint-mismatch");
    }

    @Test
    void doesNotHoldStreamsAndSaysThatTheirAnswerWasNotKept() throws Exception {
        long before = ran();
        Request stream = keyed(key, ORDERS).with("accept", "text/event-stream").sized(3);
        send(stream).isServed();
        Waiting.until("the log phase has told the guard", () -> isProblem(send(stream), "replay-unavailable"));
        assertThat(ran()).isEqualTo(before + 1);
    }

    @Test
    void case78AReadBecomes304ByTheTagOfItsAnswer() throws Exception {
        Request read = as("tagged", "GET", ORDERS + "/1?etag=up");
        Answer known = send(read.with("if-none-match", "\"up\""));
        assertThat(known.status()).isEqualTo(304);
        assertThat(known.header("etag")).isEqualTo("\"up\"");
        assertThat(send(read.with("if-none-match", "\"down\"")).status()).isEqualTo(200);
    }

    @Test
    void aReadWithAConditionThatDoesNotHoldKeepsItsConnection() throws Exception {
        Request read = as("tagged", "GET", ORDERS + "/1?etag=new");
        for (Request conditional : List.of(
                read.with("if-match", "\"old\""), read.with("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT"))) {
            assertThat(send(conditional).status()).isEqualTo(200);
        }
    }

    @Test
    void letsClientsOfferHttp2() throws Exception {
        send(as("acme-de", "POST", ORDERS)
                        .with("connection", "Upgrade, HTTP2-Settings")
                        .with("http2-settings", "AAEAAEAAAAIAAAAA")
                        .sized(3))
                .isServed();
    }
}
