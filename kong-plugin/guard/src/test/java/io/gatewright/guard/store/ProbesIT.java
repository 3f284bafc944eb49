package io.gatewright.guard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is unknown is asked about by one process at a time, and settled for the attempt that was asked about only. */
final class ProbesIT {
    private static final Map<String, Long> ROUTES = Map.of("orders/create", 7L);
    private static final Duration HOLD = Duration.ofHours(1);
    private static final Duration LATELY = Duration.ofMinutes(5);
    private static final Octets FINGERPRINT = Digests.of(Octets.of("body"));

    private final ScratchDatabase database = ScratchDatabase.empty();
    private final IdempotencyStore store = new IdempotencyStore(
            database.service(), new IdempotencyStore.Options(Duration.ofSeconds(20), false, 0, null));
    private final Probes probes = new Probes(database.service());

    @BeforeEach
    void start() throws StoreUnavailable {
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        assertThat(probes.note(ROUTES, null)).isZero();
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private static Attempt attempt(String key, String route, boolean takeover) {
        return new Attempt(
                UUID.randomUUID(),
                new ScopedKey("acme-de", Digests.of(Octets.of(key))),
                List.of(),
                FINGERPRINT,
                route,
                key,
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                takeover,
                null);
    }

    private Claim claim(String key, String route) throws StoreUnavailable {
        return ((Acquisition.Acquired) store.acquire(attempt(key, route, true))).claim();
    }

    private Claim unknown(String key) throws StoreUnavailable {
        Claim claim = claim(key, "orders/create");
        assertThat(store.unknown(claim, "timeout", null)).isTrue();
        return claim;
    }

    private Unsettled taken() throws StoreUnavailable {
        probes.note(ROUTES, null);
        List<Unsettled> taken = probes.take(9, HOLD);
        assertThat(taken).hasSize(1);
        return taken.getFirst();
    }

    private void everythingIsDue() {
        database.tamper("UPDATE idempotency.probe SET next_ask = clock_timestamp() WHERE next_ask < 'infinity'");
    }

    private static Acquisition retry(IdempotencyStore store, String key) throws StoreUnavailable {
        return store.acquire(attempt(key, "orders/create", false));
    }

    @Test
    void notesWhatIsUnknownOnTheseRoutesOnce() throws Exception {
        Claim given = unknown("given-up");
        Claim left = claim("left", "orders/create");
        claim("running", "orders/create");
        store.complete(claim("done", "orders/create"), new StoredAnswer(201, Fields.none(), null, null), null);
        store.release(claim("released", "orders/create"));
        store.unknown(claim("elsewhere", "bills/create"), "timeout", null);
        database.tamper(
                "UPDATE idempotency.claim SET lease_until = clock_timestamp() - interval '1 minute' WHERE correlation = 'left'");

        assertThat(probes.note(ROUTES, LATELY)).isEqualTo(2);
        assertThat(probes.note(ROUTES, null)).isZero();

        List<Unsettled> taken = probes.take(9, HOLD);
        assertThat(taken).extracting(Unsettled::attempt).containsExactlyInAnyOrder(given.attempt(), left.attempt());
        assertThat(taken).allSatisfy(one -> {
            assertThat(one.route()).isEqualTo("orders/create");
            assertThat(one.asked()).isZero();
            assertThat(one.since()).isBefore(one.at());
        });
    }

    @Test
    void notesNothingThatWasSentBeforeTheModuleCouldBeAsked() throws Exception {
        unknown("before");
        Map<String, Long> later = Map.of("orders/create", 8L, "bills/create", 8L);

        assertThat(probes.note(later, null)).isZero();
        Claim after = unknown("after");
        assertThat(probes.note(later, null)).isEqualTo(1);
        assertThat(probes.take(9, HOLD)).extracting(Unsettled::attempt).containsExactly(after.attempt());
    }

    @Test
    void looksBackAsFarAsItIsTold() throws Exception {
        unknown("old");
        database.tamper("UPDATE idempotency.claim SET lease_until = clock_timestamp() - interval '1 hour'");

        assertThat(probes.note(ROUTES, LATELY)).isZero();
        assertThat(probes.note(ROUTES, Duration.ofHours(2))).isEqualTo(1);
    }

    @Test
    void oneTakesEachUntilItsHoldIsOver() throws Exception {
        unknown("one");
        unknown("two");
        probes.note(ROUTES, LATELY);
        try (Connection other = database.owner();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT FROM idempotency.probe ORDER BY next_ask LIMIT 1 FOR UPDATE");
            assertThat(probes.take(9, HOLD)).as("the other one is being taken").hasSize(1);
            other.rollback();
        }
        assertThat(probes.take(9, HOLD)).as("it was let go").hasSize(1);
        assertThat(probes.take(9, HOLD)).isEmpty();
        everythingIsDue();
        assertThat(probes.take(1, HOLD)).hasSize(1);
        assertThat(probes.take(9, HOLD)).hasSize(1);
    }

    @Test
    void whatHasRunIsDoneForGood() throws Exception {
        Claim claim = unknown("key");

        assertThat(probes.applied(taken(), 201, "/orders/7", "the module")).isTrue();

        assertThat(retry(store, "key")).isInstanceOfSatisfying(Acquisition.Done.class, done -> {
            assertThat(done.answer().status()).isEqualTo(201);
            assertThat(done.answer().fields().first("location")).isEqualTo("/orders/7");
            assertThat(done.answer().body()).isNull();
        });
        assertThat(store.find(claim.key()).orElseThrow().cause()).isEqualTo("the module");
        assertThat(store.complete(claim, new StoredAnswer(200, Fields.none(), null, null), null))
                .as("the first attempt comes late")
                .isFalse();
        assertThat(probes.note(ROUTES, null)).isZero();
        everythingIsDue();
        assertThat(probes.take(9, HOLD)).isEmpty();
    }

    @Test
    void whatHasNotRunRunsAgainOnlyWhenNobodyHasWaitedForItSince() throws Exception {
        unknown("key");
        Unsettled one = taken();
        Instant before = one.at().minus(LATELY);

        assertThat(probes.notApplied(one, before, "the module")).isFalse();
        assertThat(retry(store, "key")).isInstanceOf(Acquisition.OutcomeUnknown.class);
        database.tamper("UPDATE idempotency.claim SET ended = ended - interval '6 minutes'");
        assertThat(probes.notApplied(one, before, "the module")).isTrue();

        assertThat(retry(store, "key")).isInstanceOf(Acquisition.Acquired.class);
    }

    @Test
    void settlesNothingOfAnotherAttempt() throws Exception {
        unknown("key");
        Unsettled first = taken();
        Claim second = claim("key", "orders/create"); // takes it over

        assertThat(probes.applied(first, 201, "", "late")).isFalse();
        assertThat(probes.notApplied(first, first.at().plus(HOLD), "late")).isFalse();
        assertThat(retry(store, "key")).isInstanceOf(Acquisition.InProgress.class);
        everythingIsDue();
        assertThat(probes.take(9, HOLD)).as("it is forgotten").isEmpty();

        store.unknown(second, "timeout", null);
        Unsettled again = taken();
        assertThat(again.attempt()).isEqualTo(second.attempt());
        assertThat(probes.applied(first, 201, "", "late")).isFalse();
        assertThat(probes.applied(again, 201, "", "in time")).isTrue();
    }

    @Test
    void settlesNothingThatIsKnownAndNothingTwice() throws Exception {
        Claim claim = unknown("key");
        Unsettled one = taken();
        store.complete(claim, new StoredAnswer(200, Fields.none(), null, null), null);

        assertThat(probes.applied(one, 201, "", "late")).isFalse();
        assertThat(probes.notApplied(one, one.at().plus(HOLD), "late")).isFalse();

        Claim other = unknown("other");
        everythingIsDue();
        Unsettled taken = taken();
        assertThat(taken.attempt()).isEqualTo(other.attempt());
        assertThat(probes.notApplied(taken, taken.at().plus(HOLD), "once")).isTrue();
        assertThat(probes.applied(taken, 201, "", "twice")).isFalse();
    }

    @Test
    void putsOffLeavesAndForgets() throws Exception {
        Claim claim = unknown("key");
        Unsettled one = taken();

        probes.putOff(one, HOLD, true);
        assertThat(probes.take(9, HOLD)).isEmpty();
        probes.putOff(one, Duration.ZERO, false);
        Unsettled again = taken();
        assertThat(again.asked()).isEqualTo(1);

        probes.leave(again);
        everythingIsDue();
        assertThat(probes.note(ROUTES, null)).isZero();
        assertThat(probes.take(9, HOLD)).isEmpty();
        assertThat(store.settle(claim.key(), 0, "", "an operator")).isTrue();
        probes.note(ROUTES, LATELY);
        assertThat(database.ask("SELECT count(*) FROM idempotency.probe")).isEqualTo("0");

        unknown("key");
        probes.forget(taken());
        assertThat(database.ask("SELECT count(*) FROM idempotency.probe")).isEqualTo("0");
    }
}
