package io.gatewright.guard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the store makes of a Postgres that is slow, full, set otherwise, or shared with others. */
final class StoreFaultsIT {
    private static final ScopedKey KEY = new ScopedKey("acme-de", Digests.of(Octets.of("key")));
    private static final StoredAnswer ANSWER =
            new StoredAnswer(201, Fields.of("location", "/1"), Octets.of("body"), Digests.of(Octets.of("body")));

    private ScratchDatabase database;
    private DataSource pool;
    private IdempotencyStore store;

    @BeforeEach
    void start() {
        database = ScratchDatabase.empty();
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        pool = database.service();
        store = new IdempotencyStore(pool, new IdempotencyStore.Options(Duration.ofSeconds(20), false, 0, null));
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private static Attempt attempt() {
        return attempt(null);
    }

    private static Attempt attempt(@Nullable Instant minted) {
        return new Attempt(
                UUID.randomUUID(),
                KEY,
                List.of(),
                Digests.of(Octets.of("request")),
                "orders/create",
                "c",
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                false,
                minted);
    }

    private Claim claim() throws StoreUnavailable {
        return ((Acquisition.Acquired) store.acquire(attempt())).claim();
    }

    private void sql(String sql) throws SQLException {
        try (Connection connection = database.owner();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Connections of the pool after these statements. */
    private DataSource beginningWith(String session) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(session);
        }
        return pool; // it has opened one connection, and gives that one again
    }

    private static String first(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void case27AnAttemptThatWasTakenBackLeavesTheKeyToTheNextOne() throws Exception {
        Attempt lost = attempt();
        store.acquire(lost);
        assertThat(store.withdraw(lost)).isTrue();
        assertThat(store.withdraw(lost)).as("said again").isTrue();
        Claim next = claim();
        assertThat(store.withdraw(lost)).as("too late to free anything").isFalse();
        assertThat(store.complete(next, ANSWER, null)).isTrue();
        assertThat(store.withdraw(lost)).isFalse();
        assertThat(store.acquire(attempt())).isInstanceOf(Acquisition.Done.class);
    }

    @Test
    void case27AnAttemptThatArrivesAfterItWasTakenBackGetsNothing() throws Exception {
        Attempt late = attempt();
        assertThat(store.withdraw(late)).isTrue();
        assertThatThrownBy(() -> store.acquire(late)).isInstanceOf(StoreUnavailable.class);
        assertThat(store.release(claim())).isTrue();
        Attempt later = attempt();
        assertThat(store.withdraw(later))
                .as("of a key that another one has let go")
                .isTrue();
        assertThatThrownBy(() -> store.acquire(later)).isInstanceOf(StoreUnavailable.class);
        assertThat(store.acquire(attempt())).isInstanceOf(Acquisition.Acquired.class);
    }

    @Test
    void aClaimIsOnTheDiskWhateverTheDatabaseSays() throws Exception {
        try (Connection connection = pool.getConnection()) {
            assertThat(first(connection, "SHOW synchronous_commit")).isEqualTo("off");
            connection.setAutoCommit(false);
            IdempotencyStore.Options options = IdempotencyStore.Options.DEFAULT;
            ClaimTable.acquire(connection, attempt(), options);
            assertThat(first(connection, "SHOW synchronous_commit")).isEqualTo("on");
            connection.commit();
            assertThat(first(connection, "SHOW synchronous_commit")).isEqualTo("off");
            ClaimTable.acquire(connection, attempt(), options);
            assertThat(first(connection, "SHOW synchronous_commit"))
                    .as("nothing was written")
                    .isEqualTo("off");
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Test
    void case34AnAnswerThatPostgresDoesNotTakeEndsTheClaimWithoutItsBody() throws Exception {
        sql("ALTER TABLE idempotency.response ADD CHECK (octet_length(body) < 3)");
        assertThat(store.complete(claim(), ANSWER, null)).isTrue();
        Acquisition.Done done = (Acquisition.Done) store.acquire(attempt());
        assertThat(done.answer()).isEqualTo(new StoredAnswer(201, ANSWER.fields(), null, ANSWER.digest()));
    }

    @Test
    void anEventThatTheLogDoesNotTakeDoesNotKeepTheClaimOpen() throws Exception {
        assertThat(store.complete(claim(), ANSWER, "{}")).isTrue();
        Acquisition.Done done = (Acquisition.Done) store.acquire(attempt());
        assertThat(done.answer()).isEqualTo(ANSWER);
    }

    @Test
    void othersFindTheConnectionAsItWas() throws Exception {
        store.acquire(attempt());
        try (Connection connection = pool.getConnection()) {
            assertThat(connection.getNetworkTimeout()).isZero();
        }
    }

    @Test
    void case30AServerThatGivesUpByItselfLeavesNoDoubt() throws Exception {
        Claim held = claim();
        try (Connection other = database.owner()) {
            other.setAutoCommit(false);
            first(other, "SELECT count(*) FROM (SELECT FROM idempotency.claim FOR UPDATE) AS locked");
            String session = IdempotencyStore.Options.DEFAULT.session();
            IdempotencyStore impatient = new IdempotencyStore(beginningWith(session), IdempotencyStore.Options.DEFAULT);
            StoreUnavailable e = catchThrowableOfType(StoreUnavailable.class, () -> impatient.release(held));
            assertThat(e).hasMessageContaining("lock timeout");
            assertThat(e.isAmbiguous()).isFalse();
            assertThat(e.isRefused()).isFalse();
            other.rollback();
        }
        assertThat(store.release(held)).isTrue();
    }

    @Test
    void case22AnOldKeyIsExpiredAlsoWhenItsForgottenRowIsStillThere() throws Exception {
        Instant minted = Instant.now();
        Claim claim = ((Acquisition.Acquired) store.acquire(attempt(minted))).claim();
        store.complete(claim, ANSWER, null);
        sql("UPDATE idempotency.claim SET expires = clock_timestamp() - interval '8 days'");
        assertThat(store.acquire(attempt(minted.minus(Duration.ofDays(9))))).isInstanceOf(Acquisition.Expired.class);
        assertThat(store.acquire(attempt())).as("one without a time").isInstanceOf(Acquisition.Acquired.class);
    }

    @Test
    void case35OneProcessSweepsAtATime() throws Exception {
        store.release(claim());
        sql("UPDATE idempotency.claim SET expires = clock_timestamp() - interval '8 days'");
        Sweeper sweeper = new Sweeper(pool);
        try (Connection other = database.owner()) {
            other.setAutoCommit(false);
            first(other, "SELECT pg_advisory_xact_lock(hashtextextended('idempotency.expire', 0))");
            assertThat(sweeper.sweep().claims()).isZero();
            other.rollback();
        }
        assertThat(sweeper.sweep().claims()).isEqualTo(1);
    }

    @Test
    void case34AStatusThatTheTableDoesNotKnowEndsNothingAndIsSaidToBeRefused() throws Exception {
        Claim claim = claim();
        StoredAnswer odd = new StoredAnswer(799, ANSWER.fields(), ANSWER.body(), ANSWER.digest());
        StoreUnavailable e = catchThrowableOfType(StoreUnavailable.class, () -> store.complete(claim, odd, "{}"));
        assertThat(e.isRefused()).isTrue();
        assertThat(store.unknown(claim, "server error", null)).isTrue();
    }

    @Test
    void aLocationIsMeasuredInOctets() throws Exception {
        StoredAnswer far =
                new StoredAnswer(201, Fields.of("location", "/" + "ä".repeat(1_500)), ANSWER.body(), ANSWER.digest());
        assertThat(store.complete(claim(), far, null)).isTrue();
        assertThat(((Acquisition.Done) store.acquire(attempt())).answer()).isEqualTo(far);
    }

    private static Attempt attempt(ScopedKey key, ScopedKey former) {
        Attempt a = attempt();
        return new Attempt(
                a.id(),
                key,
                List.of(former),
                a.fingerprint(),
                a.route(),
                a.correlationId(),
                a.lease(),
                a.ttl(),
                false,
                null);
    }

    @Test
    void case38AKeyIsClaimedUnderOnePepperAlsoWhenSidecarsDifferInWhichIsTheNewest() throws Exception {
        for (int round = 0; round < 50; round++) {
            ScopedKey one = new ScopedKey("acme-de", Digests.of(Octets.of("old pepper " + round)));
            ScopedKey other = new ScopedKey("acme-de", Digests.of(Octets.of("new pepper " + round)));
            CyclicBarrier together = new CyclicBarrier(2);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Acquisition>> both = List.of(
                        threads.submit(() -> acquireAfter(together, attempt(one, other))),
                        threads.submit(() -> acquireAfter(together, attempt(other, one))));
                List<Acquisition> got =
                        List.of(both.getFirst().get(), both.getLast().get());
                assertThat(got)
                        .filteredOn(Acquisition.Acquired.class::isInstance)
                        .hasSize(1);
                assertThat(got)
                        .filteredOn(Acquisition.InProgress.class::isInstance)
                        .hasSize(1);
            }
        }
    }

    private Acquisition acquireAfter(CyclicBarrier together, Attempt attempt) throws Exception {
        together.await();
        return store.acquire(attempt);
    }

    @Test
    void case38AnAttemptUnderTwoPeppersIsTakenBackUnderBoth() throws Exception {
        ScopedKey former = new ScopedKey("acme-de", Digests.of(Octets.of("under the old pepper")));
        Attempt lost = attempt(KEY, former);
        Acquisition.Acquired acquired = (Acquisition.Acquired) store.acquire(lost);
        assertThat(acquired.claim().key()).isEqualTo(KEY);
        assertThat(store.withdraw(lost)).isTrue();
        assertThat(store.acquire(attempt(former, KEY))).isInstanceOf(Acquisition.Acquired.class);
        assertThat(((Acquisition.InProgress) store.acquire(attempt(KEY, former))).leaseLeft())
                .isPositive();
    }
}
