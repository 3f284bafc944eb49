package io.gatewright.guard.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The store's promises, on a real Postgres. */
final class IdempotencyStoreIT {
    private static final Octets FINGERPRINT = Digests.of(Octets.of("request"));

    private ScratchDatabase database;
    private IdempotencyStore store;

    @BeforeEach
    void start() {
        database = ScratchDatabase.empty();
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        store = store(0);
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private IdempotencyStore store(long quota) {
        return new IdempotencyStore(
                database.service(), new IdempotencyStore.Options(Duration.ofSeconds(20), false, quota, null));
    }

    private static Attempt attempt(String key) {
        return attempt(key, UUID.randomUUID(), FINGERPRINT);
    }

    private static Attempt attempt(String key, UUID id, Octets fingerprint) {
        ScopedKey scoped = new ScopedKey("acme-de", Digests.of(Octets.of(key)));
        return new Attempt(
                id,
                scoped,
                List.of(),
                fingerprint,
                "orders/create",
                "c",
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                false,
                null);
    }

    private Claim claim(Attempt attempt) throws StoreUnavailable {
        assertThat(store.acquire(attempt)).isInstanceOf(Acquisition.Acquired.class);
        return ((Acquisition.Acquired) store.acquire(attempt)).claim();
    }

    private static StoredAnswer answer(String body) {
        return new StoredAnswer(201, Fields.of("location", "/1"), Octets.of(body), Digests.of(Octets.of(body)));
    }

    private void sql(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url(), ScratchDatabase.OWNER, "owner");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url(), ScratchDatabase.OWNER, "owner");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }

    @Test
    void ofManyClientsOneWinsEachKeyAndNoneGetsNoAnswer() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(32)) {
            for (int key = 0; key < 20; key++) {
                List<Future<Acquisition>> answers = new ArrayList<>();
                for (int client = 0; client < 32; client++) {
                    Attempt attempt = attempt("key " + key);
                    answers.add(threads.submit(() -> store.acquire(attempt)));
                }
                int winners = 0;
                for (Future<Acquisition> answer : answers) {
                    winners += answer.get() instanceof Acquisition.Acquired ? 1 : 0;
                    assertThat(answer.get()).isInstanceOfAny(Acquisition.Acquired.class, Acquisition.InProgress.class);
                }
                assertThat(winners).isEqualTo(1);
            }
        }
    }

    @Test
    void case20AndCase27TheSameAttemptAgainGetsTheKeyAgainAndItsOldClaimEndsNothing() throws Exception {
        Attempt attempt = attempt("again");
        Claim first = ((Acquisition.Acquired) store.acquire(attempt)).claim();
        Claim second = ((Acquisition.Acquired) store.acquire(attempt)).claim();
        assertThat(second.fence()).isEqualTo(first.fence() + 1);
        assertThat(store.release(first)).isFalse();
        assertThat(store.complete(first, answer("x"), null)).isFalse();
        assertThat(store.complete(second, answer("x"), null)).isTrue();
        assertThat(store.complete(second, answer("y"), null)).as("said again").isTrue();
        Acquisition.Done done = (Acquisition.Done) store.acquire(attempt("again"));
        assertThat(done.answer()).isEqualTo(answer("x"));
    }

    @Test
    void case23And28ALeaseThatIsOverReadsAsUnknownAndALateEndStillCounts() throws Exception {
        Claim late = claim(attempt("late"));
        sql("UPDATE idempotency.claim SET lease_until = clock_timestamp() - interval '1 second'");
        assertThat(store.acquire(attempt("late"))).isInstanceOf(Acquisition.OutcomeUnknown.class);
        assertThat(store.find(late.key()).orElseThrow().state()).isEqualTo(KeyState.State.UNKNOWN);
        assertThat(store.complete(late, answer("late"), null)).isTrue();
        assertThat(store.acquire(attempt("late"))).isInstanceOf(Acquisition.Done.class);
    }

    @Test
    void case28ATakeoverLeavesTheOldClaimBehind() throws Exception {
        Claim old = claim(attempt("over"));
        assertThat(store.unknown(old, "timeout", null)).isTrue();
        Attempt a = attempt("over");
        Attempt taking = new Attempt(
                a.id(),
                a.key(),
                List.of(),
                a.fingerprint(),
                a.route(),
                a.correlationId(),
                a.lease(),
                a.ttl(),
                true,
                null);
        Claim next = ((Acquisition.Acquired) store.acquire(taking)).claim();
        assertThat(next.fence()).isGreaterThan(old.fence());
        assertThat(store.complete(old, answer("old"), null)).isFalse();
        assertThat(store.complete(next, answer("new"), null)).isTrue();
    }

    @Test
    void aReleasedKeyTakesAnotherRequest() throws Exception {
        assertThat(store.release(claim(attempt("free")))).isTrue();
        Octets other = Digests.of(Octets.of("another request"));
        assertThat(store.acquire(attempt("free", UUID.randomUUID(), other))).isInstanceOf(Acquisition.Acquired.class);
        assertThat(store.acquire(attempt("free"))).isInstanceOf(Acquisition.Mismatch.class);
    }

    @Test
    void case62ATenantHoldsAsManyKeysAsItMay() throws Exception {
        for (int i = 0; i < 3; i++) {
            claim(attempt("key " + i));
        }
        new Sweeper(database.service()).sweep();
        IdempotencyStore limited = store(3);
        assertThat(limited.acquire(attempt("one more"))).isInstanceOf(Acquisition.QuotaExceeded.class);
        Attempt other = attempt("one more");
        Attempt ofAnother = new Attempt(
                other.id(),
                new ScopedKey("acme-fr", other.key().hash()),
                List.of(),
                FINGERPRINT,
                "r",
                "c",
                other.lease(),
                other.ttl(),
                false,
                null);
        assertThat(limited.acquire(ofAnother)).isInstanceOf(Acquisition.Acquired.class);
    }

    @Test
    void case35SweepsWhatNobodyCanAskForAnyMore() throws Exception {
        for (int i = 0; i < 10; i++) {
            store.complete(claim(attempt("old " + i)), answer("x"), null);
        }
        claim(attempt("young"));
        sql("UPDATE idempotency.claim SET expires = clock_timestamp() - interval '8 days' WHERE state = 2");
        sql("UPDATE idempotency.response SET hour = hour - 60");
        Sweeper sweeper = new Sweeper(database.service());
        assertThat(sweeper.sweep().claims()).isEqualTo(10);
        assertThat(ask("SELECT count(*) FROM idempotency.claim")).isEqualTo("1");
        assertThat(ask("SELECT count(*) FROM idempotency.response")).isEqualTo("0");
        assertThat(ask("SELECT count(*) FROM pg_inherits WHERE inhparent = 'idempotency.response'::regclass"))
                .isEqualTo("5");
        sql("CREATE TABLE idempotency.response_1 PARTITION OF idempotency.response FOR VALUES FROM (1) TO (2)");
        assertThat(sweeper.sweep().hours()).isEqualTo(1);
    }

    @Test
    void case65AReaderSeesTheClaimsOfItsTenantOnly() throws Exception {
        claim(attempt("mine"));
        String login = "console_" + UUID.randomUUID().toString().substring(0, 8);
        sql("CREATE ROLE " + login + " LOGIN PASSWORD 'x'");
        sql("GRANT USAGE ON SCHEMA idempotency, events TO " + login);
        sql("GRANT SELECT ON events.reader TO " + login);
        sql("GRANT SELECT ON idempotency.claim TO " + login);
        assertThat(asReader(login)).isEqualTo("0");
        sql("INSERT INTO events.reader VALUES ('" + login + "', 'acme-fr')");
        assertThat(asReader(login)).isEqualTo("0");
        sql("INSERT INTO events.reader VALUES ('" + login + "', 'acme-de')");
        assertThat(asReader(login)).isEqualTo("1");
        assertThatThrownBy(() -> {
                    try (Connection connection = DriverManager.getConnection(database.url(), login, "x");
                            Statement statement = connection.createStatement()) {
                        statement.execute("SELECT idempotency.expire(1)");
                    }
                })
                .hasMessageContaining("permission denied");
    }

    private String asReader(String login) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url(), login, "x");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM idempotency.claim")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void case29SaysWhyAServerMustNotKeepClaims() throws Exception {
        String fsync = ask("SELECT current_setting('fsync')");
        assertThat(store.unfit().isPresent()).isEqualTo(fsync.equals("off"));
        sql("ALTER TABLE idempotency.claim_0 SET UNLOGGED");
        assertThat(store.unfit().orElseThrow()).containsAnyOf("fsync", "unlogged");
    }

    @Test
    void endsOfTheHotRowStayInItsPage() throws Exception {
        for (int i = 0; i < 50; i++) {
            store.complete(claim(attempt("hot " + i)), answer("x"), null);
        }
        sql("SELECT pg_stat_force_next_flush()");
        int updated = Integer.parseInt(
                ask(
                        "SELECT sum(n_tup_upd) FROM pg_stat_user_tables WHERE schemaname = 'idempotency' AND relname LIKE 'claim_%'"));
        int hot = Integer.parseInt(
                ask(
                        "SELECT sum(n_tup_hot_upd) FROM pg_stat_user_tables WHERE schemaname = 'idempotency' AND relname LIKE 'claim_%'"));
        assertThat(hot).isEqualTo(updated);
    }
}
