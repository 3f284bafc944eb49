package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.module;
import static io.gatewright.gateway.Documents.route;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.Tally;
import io.gatewright.guard.store.Probes;
import io.gatewright.sidecar.policy.ProbedRoutes;
import io.gatewright.sidecar.probe.Prober;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What became of a lost answer is found out at the module, through a real Envoy, and the retry gets what follows from it. */
final class ProbedIT {
    private static GuardedGateway guarded;
    private static LedgerUpstream ledger;
    private static Prober prober;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws Exception {
        ledger = new LedgerUpstream();
        guarded = new GuardedGateway("acme-de");
        guarded.gateway.change(
                module("ledger", "/api/ledger", ledger.endpoint(), route("enter", "POST", "/{how}")),
                setting("route=ledger/enter", "idempotency.probe", "\"/attempts/{attempt}\""),
                setting("module=ledger", "idempotency.upstream-bound", "\"PT1H\""));
        prober = new Prober(
                new Probes(guarded.database.service()),
                new ProbedRoutes(guarded.gateway.plane()::settings),
                new Tally());
        prober.round(); // what was sent before is not asked about
    }

    @AfterAll
    static void stop() {
        prober.close();
        guarded.close();
        ledger.close();
    }

    private Answer send(String path) throws IOException {
        return guarded.send(Request.of("POST", path)
                .token(guarded.gateway.token("acme-de"))
                .with("idempotency-key", key)
                .sized(3));
    }

    @Test
    void aRetryOfWhatHasRunIsToldSoAndNeverRuns() throws Exception {
        int before = ledger.effects();
        Answer lost = send("/api/ledger/lost-after");
        assertThat(lost.header("idempotency-status")).as(lost.body()).isEqualTo("unknown");
        send("/api/ledger/lost-after").isProblem(409, "outcome-unknown");

        prober.round();

        Answer told = send("/api/ledger/lost-after").isProblem(409, "replay-unavailable");
        assertThat(told.json().path("originalStatus").asInt()).isEqualTo(201);
        assertThat(told.json().path("location").asText()).isEqualTo("/api/ledger/7");
        assertThat(ledger.effects()).isEqualTo(before + 1);
    }

    @Test
    void aRetryOfWhatHasNotRunRunsOnceWhenTheModulesTimeIsOver() throws Exception {
        int before = ledger.effects();
        Answer lost = send("/api/ledger/lost-before");
        assertThat(lost.header("idempotency-status")).as(lost.body()).isEqualTo("unknown");
        prober.round();
        send("/api/ledger/lost-before").isProblem(409, "outcome-unknown");
        assertThat(ledger.effects()).isEqualTo(before);

        guarded.sql("UPDATE idempotency.claim SET ended = ended - interval '61 minutes' WHERE state = 4");
        guarded.sql("UPDATE idempotency.probe SET next_ask = clock_timestamp()");
        prober.round();

        assertThat(send("/api/ledger/lost-before").status()).isEqualTo(201);
        Answer replayed = send("/api/ledger/lost-before");
        assertThat(replayed.status()).isEqualTo(201);
        assertThat(replayed.header("idempotent-replayed")).isEqualTo("true");
        assertThat(ledger.effects()).isEqualTo(before + 1);
    }

    @Test
    void onlyTheGatewayNamesAnAttempt() throws Exception {
        Request keyless = Request.of("POST", "/api/orders")
                .with("idempotency-attempt", "evil")
                .with("Idempotency-Attempt", "worse")
                .sized(3);
        Request keyed = keyless.with("idempotency-key", key);
        try (GuardedKong kong = new GuardedKong(tenant("acme-de"))) {
            for (Answer answer : new Answer[] {
                guarded.send(keyless.token(guarded.gateway.token("acme-de"))),
                kong.send(keyless.token(kong.token("acme-de", "alice")))
            }) {
                assertThat(answer.upstreamGot("idempotency-attempt")).isEmpty();
            }
            for (Answer answer : new Answer[] {
                guarded.send(keyed.token(guarded.gateway.token("acme-de"))),
                kong.send(keyed.token(kong.token("acme-de", "alice")))
            }) {
                assertThat(answer.upstreamGot("idempotency-attempt"))
                        .singleElement()
                        .asString()
                        .matches(Answer.UUID);
            }
        }
    }
}
