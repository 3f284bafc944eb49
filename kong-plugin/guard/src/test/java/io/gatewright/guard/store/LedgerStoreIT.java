package io.gatewright.guard.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.events.ScratchDatabase;
import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.Leasing.End;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ledger's promises, on a real Postgres. */
final class LedgerStoreIT {
    private static final List<ScopedKey> RESOURCE = List.of(key("/orders/1"));
    private static final Duration LEASE = Duration.ofMinutes(10);
    private static final Duration BOUND = Duration.ofHours(1);

    private ScratchDatabase database;
    private IdempotencyStore store;

    @BeforeEach
    void start() {
        database = ScratchDatabase.empty();
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        store = new IdempotencyStore(
                database.service(), new IdempotencyStore.Options(Duration.ofSeconds(20), false, 0, null));
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private static ScopedKey key(String path) {
        return new ScopedKey("acme-de", Digests.of(Octets.of(path)));
    }

    private static WriteWish wish(List<ScopedKey> resource, String... match) {
        return new WriteWish(
                UUID.randomUUID(), resource, LEASE, BOUND, match.length == 0 ? null : List.of(match), null);
    }

    private static WriteWish creation() {
        return new WriteWish(UUID.randomUUID(), RESOURCE, LEASE, BOUND, null, List.of("*"));
    }

    private Leasing.Leased leased(WriteWish wish) throws StoreUnavailable {
        Leasing leasing = store.lease(wish);
        assertThat(leasing).isInstanceOf(Leasing.Leased.class);
        return (Leasing.Leased) leasing;
    }

    private void written(String tag) throws StoreUnavailable {
        assertThat(store.endWrite(leased(wish(RESOURCE)), End.CHANGED, tag)).isTrue();
    }

    /** As if this much time had gone. */
    private void later(String interval) throws SQLException {
        sql("UPDATE idempotency.resource SET lease_until = lease_until - interval '" + interval + "'");
    }

    private void sql(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url(), ScratchDatabase.OWNER, "owner");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void case73OfTwoWritersWithOneTagOneGetsTheResource() throws Exception {
        written("\"0\"");
        CyclicBarrier start = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 1_000; round++) {
                String now = "\"" + round + "\"";
                String next = "\"" + (round + 1) + "\"";
                Callable<Boolean> writer = () -> {
                    start.await();
                    return store.lease(wish(RESOURCE, now)) instanceof Leasing.Leased lease
                            && store.endWrite(lease, End.CHANGED, next);
                };
                Future<Boolean> one = threads.submit(writer);
                Future<Boolean> other = threads.submit(writer);
                assertThat(one.get() ^ other.get()).as("round %d", round).isTrue();
            }
        }
    }

    @Test
    void comparesWithWhatIsKnown() throws Exception {
        Leasing.Leased first = leased(wish(RESOURCE, "\"a\""));
        assertThat(first.known()).isFalse();
        assertThat(store.lease(wish(RESOURCE))).isInstanceOf(Leasing.Busy.class);
        store.endWrite(first, End.CHANGED, "\"v1\"");
        assertThat(store.lease(wish(RESOURCE, "\"a\"", "\"b\""))).isEqualTo(new Leasing.Failed("\"v1\""));
        assertThat(store.lease(creation())).isEqualTo(new Leasing.Failed("\"v1\""));
        assertThat(store.endWrite(leased(wish(RESOURCE, "\"a\"", "\"v1\"")), End.KEPT, null))
                .isTrue();
        assertThat(store.endWrite(leased(wish(RESOURCE, "*")), End.CHANGED, null))
                .isTrue();
        assertThat(store.lease(wish(RESOURCE, "\"v1\"")))
                .as("changed, and nobody knows to what")
                .isEqualTo(new Leasing.Failed(""));
        assertThat(store.endWrite(leased(wish(RESOURCE, "*")), End.DELETED, null))
                .isTrue();
        assertThat(store.lease(wish(RESOURCE, "\"v1\""))).isEqualTo(new Leasing.Failed(""));
        assertThat(store.lease(wish(RESOURCE, "*"))).isEqualTo(new Leasing.Failed(""));
        assertThat(store.endWrite(leased(creation()), End.CHANGED, "\"v3\"")).isTrue();
        assertThat(leased(wish(RESOURCE, "\"v3\"")).known()).isTrue();
    }

    @Test
    void aWriteOfWhatIsNotThereLeavesNothingBehind() throws Exception {
        assertThat(store.endWrite(leased(wish(RESOURCE, "\"a\"")), End.KEPT, null))
                .isTrue();
        assertThat(leased(wish(RESOURCE, "\"b\"")).known()).isFalse();
    }

    @Test
    void case74ALeaseNeverEndsByTimeAlone() throws Exception {
        written("\"v1\"");
        Leasing.Leased dead = leased(wish(RESOURCE, "\"v1\""));
        assertThat(store.look(RESOURCE)).as("a read tells nothing").isEmpty();
        later("10 minutes");
        assertThat(store.lease(wish(RESOURCE, "\"v1\""))).isInstanceOf(Leasing.Quarantined.class);
        assertThat(store.look(RESOURCE)).as("the upstream may still work").isEmpty();
        later("30 days");
        assertThat(store.lease(wish(RESOURCE, "\"v1\""))).isInstanceOf(Leasing.Quarantined.class);
        Sight sight = store.look(RESOURCE).orElseThrow();
        assertThat(sight.quarantined()).isTrue();
        assertThat(store.observe(sight, "\"v2\"")).isTrue();
        assertThat(store.endWrite(dead, End.CHANGED, "\"late\""))
                .as("the lease is another one's")
                .isFalse();
        assertThat(store.lease(wish(RESOURCE, "\"v1\""))).isEqualTo(new Leasing.Failed("\"v2\""));
        leased(wish(RESOURCE, "\"v2\""));
    }

    @Test
    void aLostAnswerQuarantinesAtOnceAndALateOneStillCounts() throws Exception {
        written("\"v1\"");
        Leasing.Leased lost = leased(wish(RESOURCE, "\"v1\""));
        assertThat(store.endWrite(lost, End.LOST, null)).isTrue();
        assertThat(store.lease(wish(RESOURCE)))
                .isInstanceOfSatisfying(
                        Leasing.Quarantined.class,
                        quarantined -> assertThat(quarantined.boundLeft()).isBetween(BOUND.minusMinutes(1), BOUND));
        assertThat(store.endWrite(lost, End.CHANGED, "\"v2\"")).isTrue();
        assertThat(store.lease(wish(RESOURCE, "\"v1\""))).isEqualTo(new Leasing.Failed("\"v2\""));
        assertThat(store.endWrite(lost, End.CHANGED, "\"v9\"")).isFalse();
    }

    @Test
    void aReadThatBeganBeforeAWriteTellsNothing() throws Exception {
        written("\"v1\"");
        Sight sight = store.look(RESOURCE).orElseThrow();
        assertThat(sight.tag()).isEqualTo("\"v1\"");
        written("\"v2\"");
        assertThat(store.observe(sight, "\"v1\"")).isFalse();
        assertThat(store.lease(wish(RESOURCE, "\"v1\""))).isEqualTo(new Leasing.Failed("\"v2\""));
    }

    @Test
    void theSameWishAgainGoesOnUnderANewFence() throws Exception {
        WriteWish wish = wish(RESOURCE);
        Leasing.Leased unheard = leased(wish);
        Leasing.Leased again = leased(wish);
        assertThat(store.endWrite(unheard, End.CHANGED, "\"x\"")).isFalse();
        assertThat(store.endWrite(again, End.CHANGED, "\"v1\"")).isTrue();
    }

    @Test
    void whatWasAbandonedIsFree() throws Exception {
        written("\"v1\"");
        WriteWish wish = wish(RESOURCE);
        leased(wish);
        assertThat(store.abandon(wish(RESOURCE))).isFalse();
        assertThat(store.abandon(wish)).isTrue();
        leased(wish(RESOURCE, "\"v1\""));
    }

    @Test
    void case38IsOneUnderTwoPeppers() throws Exception {
        List<ScopedKey> before = List.of(key("old"), key("new"));
        List<ScopedKey> after = List.of(key("new"), key("old"));
        assertThat(store.endWrite(leased(wish(before)), End.CHANGED, "\"v1\"")).isTrue();
        Leasing.Leased lease = leased(wish(after, "\"v1\""));
        assertThat(store.lease(wish(before, "\"v1\""))).isInstanceOf(Leasing.Busy.class);
        assertThat(store.endWrite(lease, End.CHANGED, "\"v2\"")).isTrue();
        assertThat(store.lease(wish(before, "\"v1\""))).isEqualTo(new Leasing.Failed("\"v2\""));
        assertThat(leased(wish(List.of(key("new")), "\"v2\"")).known())
                .as("it has moved to the new pepper")
                .isTrue();
    }

    @Test
    void case86TenantsHaveResourcesOfTheirOwn() throws Exception {
        written("\"v1\"");
        ScopedKey other = new ScopedKey("acme-fr", RESOURCE.getFirst().hash());
        assertThat(leased(wish(List.of(other), "\"v9\"")).known()).isFalse();
    }
}
