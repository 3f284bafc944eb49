package io.gatewright.sidecar.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.Tally;
import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.Acquisition;
import io.gatewright.guard.store.Attempt;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.Migrations;
import io.gatewright.guard.store.Probes;
import io.gatewright.guard.store.ScopedKey;
import io.gatewright.guard.store.StoreUnavailable;
import io.gatewright.settings.Document;
import io.gatewright.settings.Given;
import io.gatewright.settings.Settings;
import io.gatewright.sidecar.policy.ProbedRoutes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Modules are asked over HTTP what became of attempts, and keys in a real Postgres are settled by what they say. */
final class ProberIT {
    private static final String APPLIED = "{'outcome':'applied','status':201,'location':'/orders/7'}";
    private static final String NOT_APPLIED = "{'outcome':'not-applied'}";
    private static final Octets FINGERPRINT = Digests.of(Octets.of("body"));

    private final ScratchDatabase database = ScratchDatabase.empty();
    private final IdempotencyStore store = new IdempotencyStore(
            database.service(), new IdempotencyStore.Options(Duration.ofSeconds(20), false, 0, null));
    private final Tally tally = new Tally();
    private final AtomicReference<Settings> settings = new AtomicReference<>();
    private StubModule module;
    private Prober prober;

    @BeforeEach
    void start() throws Exception {
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        module = new StubModule();
        settings.set(given(
                Given.setting("route=orders/create", "idempotency.probe", "\"/attempts/{attempt}\""),
                Given.setting("route=orders/create", "idempotency.upstream-bound", "\"PT1H\"")));
        prober = another(Duration.ofSeconds(20));
        prober.round(); // what was sent before is not asked about
    }

    @AfterEach
    void stop() {
        prober.close();
        module.close();
        database.close();
    }

    private Settings given(Document... more) {
        Document orders = Given.document(
                "module/orders",
                1,
                "{\"prefix\":\"/orders\",\"upstream\":{\"endpoints\":[\"" + module.endpoint() + "\"]},"
                        + "\"routes\":[{\"name\":\"create\",\"methods\":[\"POST\"],\"path\":\"/\"}]}");
        Settings settings = Given.settings(more);
        return settings.with(2, List.of(orders));
    }

    private Prober another(Duration answer) {
        return new Prober(new Probes(database.service()), new ProbedRoutes(settings::get), tally, answer);
    }

    private Acquisition sent(String key, String route) throws StoreUnavailable {
        return store.acquire(new Attempt(
                UUID.randomUUID(),
                new ScopedKey("acme-de", Digests.of(Octets.of(key))),
                List.of(),
                FINGERPRINT,
                route,
                key,
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                false,
                null));
    }

    /** An attempt that is lost; returns the path at which its module is asked about it. */
    private String lost(String key) throws StoreUnavailable {
        Acquisition.Acquired acquired = (Acquisition.Acquired) sent(key, "orders/create");
        store.unknown(acquired.claim(), "timeout", null);
        return "/attempts/" + acquired.claim().attempt();
    }

    private void everythingIsDue() {
        database.tamper("UPDATE idempotency.probe SET next_ask = clock_timestamp() WHERE next_ask < 'infinity'");
    }

    private String asksToCome() {
        return database.ask("""
                SELECT coalesce(string_agg(asked || CASE WHEN next_ask = 'infinity' THEN ' left' WHEN next_ask
                    BETWEEN clock_timestamp() + interval '1 second' AND clock_timestamp() + interval '11 minutes' THEN ' later'
                    ELSE '' END, ','), '') FROM idempotency.probe""");
    }

    @Test
    void whatHasRunIsDone() throws Exception {
        String path = lost("key");
        module.says(path, 200, APPLIED);

        prober.round();

        assertThat(sent("key", "orders/create")).isInstanceOfSatisfying(Acquisition.Done.class, done -> {
            assertThat(done.answer().status()).isEqualTo(201);
            assertThat(done.answer().fields().first("location")).isEqualTo("/orders/7");
        });
        assertThat(module.asked).containsExactly("GET " + path + " of acme-de");
        assertThat(tally.counts()).isEqualTo(Map.of("probe-applied", 1L));
        everythingIsDue();
        prober.round();
        assertThat(module.asked).hasSize(1);
    }

    @Test
    void whatHasNotRunRunsOnlyWhenTheModulesTimeIsOver() throws Exception {
        module.says(lost("key"), 200, NOT_APPLIED);

        prober.round();
        assertThat(sent("key", "orders/create")).isInstanceOf(Acquisition.OutcomeUnknown.class);
        assertThat(asksToCome()).isEqualTo("0 later");

        database.tamper("UPDATE idempotency.claim SET ended = ended - interval '61 minutes'");
        everythingIsDue();
        prober.round();
        assertThat(sent("key", "orders/create")).isInstanceOf(Acquisition.Acquired.class);
        assertThat(tally.counts()).isEqualTo(Map.of("probe-not-applied", 1L));
    }

    @Test
    void whatWasNotAppliedYetMayStillBe() throws Exception {
        String path = lost("key");
        module.says(path, 200, NOT_APPLIED);
        prober.round();

        module.says(path, 200, APPLIED);
        everythingIsDue();
        prober.round();

        assertThat(sent("key", "orders/create")).isInstanceOf(Acquisition.Done.class);
    }

    @Test
    void aProcessThatDiedLeavesNothingToWaitFor() throws Exception {
        Acquisition.Acquired acquired = (Acquisition.Acquired) sent("key", "orders/create");
        module.says("/attempts/" + acquired.claim().attempt(), 200, APPLIED);
        prober.round();
        assertThat(module.asked).as("it may still run").isEmpty();

        database.tamper("UPDATE idempotency.claim SET lease_until = clock_timestamp() - interval '1 second'");
        prober.round();
        assertThat(sent("key", "orders/create")).isInstanceOf(Acquisition.Done.class);
    }

    @Test
    void concludesNothingFromWhatIsNoAnswer() throws Exception {
        try (StubModule elsewhere = new StubModule()) {
            elsewhere.says("/attempts/1", 200, APPLIED);
            module.redirects(lost("redirected"), "http://" + elsewhere.endpoint() + "/attempts/1");
            module.says(lost("failing"), 500, APPLIED);
            module.says(lost("created"), 201, APPLIED);
            module.says(lost("large"), 200, "{'outcome':'not-applied','x':'" + "y".repeat(Question.MOST_BYTES) + "'}");
            module.says(lost("unsure"), 200, "{'outcome':'unknown'}");
            lost("not there");
            database.tamper("UPDATE idempotency.claim SET ended = ended - interval '2 hours'");

            prober.round();

            assertThat(module.asked).hasSize(6);
            assertThat(elsewhere.asked).isEmpty();
            assertThat(asksToCome()).isEqualTo("1 later".concat(",1 later".repeat(5)));
            assertThat(database.ask("SELECT count(*) FROM idempotency.claim WHERE state = 4"))
                    .isEqualTo("6");
            assertThat(tally.counts()).isEqualTo(Map.of("probe-in-vain", 6L));
        }
    }

    @Test
    void waitsOnlySoLongForAnAnswer() throws Exception {
        module.says(lost("silent"), 0, "");
        try (Prober hasty = another(Duration.ofMillis(50))) {
            hasty.round();
        }
        assertThat(asksToCome()).isEqualTo("1 later");
        assertThat(tally.counts()).isEqualTo(Map.of("probe-in-vain", 1L));
    }

    @Test
    void anUpstreamThatIsAwayIsAskedAgainAndAtLastLeftToTheOperator() throws Exception {
        lost("key");
        module.close();

        for (int ask = 1; ask < Prober.MOST_ASKS; ask++) {
            prober.round();
            assertThat(asksToCome()).isEqualTo(ask + " later");
            everythingIsDue();
        }
        prober.round();
        assertThat(asksToCome()).isEqualTo(Prober.MOST_ASKS + " left");
        assertThat(tally.counts()).isEqualTo(Map.of("probe-in-vain", Prober.MOST_ASKS - 1L, "probe-left", 1L));
        assertThat(sent("key", "orders/create")).isInstanceOf(Acquisition.OutcomeUnknown.class);
    }

    @Test
    void severalAskOnceAndInBatches() throws Exception {
        int many = 3 * 8 + 1;
        for (int i = 0; i < many; i++) {
            module.says(lost("key-" + i), 200, APPLIED);
        }
        try (Prober other = another(Duration.ofSeconds(20))) {
            Thread both = Thread.ofVirtual().start(() -> {
                try {
                    other.round();
                } catch (StoreUnavailable | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            prober.round();
            both.join();
        }
        assertThat(module.asked).hasSize(many).doesNotHaveDuplicates();
        assertThat(tally.counts()).isEqualTo(Map.of("probe-applied", (long) many));
    }

    @Test
    void nothingIsAskedOfWhatWasSentBeforeTheModuleCouldAnswer() throws Exception {
        lost("key");
        settings.set(settings.get()
                .with(
                        3,
                        List.of(Given.document(
                                "setting/route=orders/create/idempotency.probe",
                                3,
                                "{\"value\":\"/other/{attempt}\"}"))));

        prober.round();

        assertThat(module.asked).isEmpty();
        assertThat(sent("key", "orders/create")).isInstanceOf(Acquisition.OutcomeUnknown.class);
    }

    @Test
    void nothingIsAskedWhereNoRouteSaysHow() throws Exception {
        lost("key");
        settings.set(given());
        database.tamper("ALTER SCHEMA idempotency RENAME TO away");
        prober.round(); // does not even look
        database.tamper("ALTER SCHEMA away RENAME TO idempotency");

        settings.set(given(Given.setting("route=bills/create", "idempotency.probe", "\"/attempts/{attempt}\"")));
        prober.round();
        assertThat(module.asked).isEmpty();
        assertThat(asksToCome()).isEmpty();
    }

    @Test
    void whoCannotBeAskedAnyMoreIsForgottenUntilHeCan() throws Exception {
        Settings asking = settings.get();
        String path = lost("key");
        module.says(path, 200, "{'outcome':'unknown'}");
        prober.round();
        settings.set(given(
                Given.setting("route=orders/create", "idempotency.probe", "\"/attempts/{attempt}\""),
                Given.setting("tenant=acme-de", "idempotency.mode", "\"off\"")));
        everythingIsDue();
        prober.round();
        assertThat(module.asked).as("a claim of before counts all the same").hasSize(2);

        settings.set(given(Given.setting("route=bills/create", "idempotency.probe", "\"/attempts/{attempt}\"")));
        everythingIsDue();
        prober.round();
        assertThat(asksToCome()).isEmpty();

        settings.set(asking);
        module.says(path, 200, APPLIED);
        prober.round();
        assertThat(sent("key", "orders/create")).isInstanceOf(Acquisition.Done.class);
    }
}
