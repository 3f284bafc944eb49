package io.gatewright.bench;

import io.agroal.api.AgroalDataSource;
import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.Acquisition;
import io.gatewright.guard.store.Attempt;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.ScopedKey;
import io.gatewright.guard.store.StoreUnavailable;
import io.gatewright.guard.store.StoredAnswer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Claims and ends, a second, through the store, in turns with the same two statements on the same pool and nothing around them:
 * what the store itself costs. 1 KiB of answer each.
 */
final class GuardStore {
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final Octets BODY = Octets.of("x".repeat(1_024));
    private static final Octets DIGEST = Digests.of(BODY);
    private static final Fields FIELDS = Fields.of("content-type", "application/json", "location", "/orders/1");
    private static final String ACQUIRE = "SELECT * FROM idempotency.acquire('bench', ?, ?, ?, ?, 'orders/create', 'c',"
            + " interval '30 s', interval '24 h', false, NULL, 0)";
    private static final String COMPLETE =
            "SELECT idempotency.complete('bench', ?, ?, 1, 201::smallint, '/orders/1', ?, false, ?, ?, NULL, ?)";

    private final AgroalDataSource pool;
    private final int rounds;

    GuardStore(AgroalDataSource pool, int rounds) {
        this.pool = pool;
        this.rounds = rounds;
    }

    void run(int clients, boolean relaxed) throws InterruptedException, ExecutionException {
        IdempotencyStore store =
                new IdempotencyStore(pool, new IdempotencyStore.Options(Duration.ofSeconds(10), relaxed, 0, null));
        Spread through = new Spread(rounds);
        Spread plain = new Spread(rounds);
        for (int round = -1; round < rounds; round++) { // the first to warm up
            double stored = perSecond(clients, () -> once(store));
            double bare = perSecond(clients, () -> bare(relaxed));
            if (round >= 0) {
                through.add(stored);
                plain.add(bare);
            }
            Progress.say("round " + (round + 2) + " of " + (rounds + 1) + " with " + clients + " clients");
        }
        System.out.printf(
                Locale.ROOT,
                "result guard.store clients=%d completion=%s rounds=%d %s %s store_ratio=%.2f%n",
                clients,
                relaxed ? "relaxed" : "durable",
                rounds,
                through.text("store", "per_s", 0),
                plain.text("statements", "per_s", 0),
                through.median() / plain.median());
    }

    private double perSecond(int clients, Callable<Void> pair) throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        long end = start + ROUND.toNanos();
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            tasks.add(() -> {
                long done = 0;
                while (System.nanoTime() < end) {
                    pair.call();
                    done++;
                }
                return done;
            });
        }
        long done = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            for (Future<Long> task : threads.invokeAll(tasks)) {
                done += task.get();
            }
        }
        return done * 1e9 / (System.nanoTime() - start);
    }

    private static Void once(IdempotencyStore store) throws StoreUnavailable {
        UUID id = UUID.randomUUID();
        ScopedKey key = new ScopedKey("bench", Digests.of(Octets.of(id.toString())));
        Attempt attempt = new Attempt(
                id,
                key,
                List.of(),
                DIGEST,
                "orders/create",
                "c",
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                false,
                null);
        Acquisition.Acquired acquired = (Acquisition.Acquired) store.acquire(attempt);
        if (!store.complete(acquired.claim(), new StoredAnswer(201, FIELDS, BODY, DIGEST), null)) {
            throw new IllegalStateException("superseded");
        }
        return null;
    }

    private Void bare(boolean relaxed) throws SQLException {
        UUID id = UUID.randomUUID();
        try (Connection connection = pool.getConnection()) {
            try (PreparedStatement acquire = connection.prepareStatement(ACQUIRE)) {
                acquire.setObject(1, id);
                acquire.setObject(2, id);
                acquire.setBytes(3, DIGEST.bytes());
                acquire.setObject(4, id);
                require(acquire);
            }
            try (PreparedStatement complete = connection.prepareStatement(COMPLETE)) {
                complete.setObject(1, id);
                complete.setObject(2, id);
                complete.setBytes(3, DIGEST.bytes());
                complete.setBytes(4, DIGEST.bytes());
                complete.setBytes(5, BODY.bytes());
                complete.setBoolean(6, relaxed);
                require(complete);
            }
        }
        return null;
    }

    private static void require(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new IllegalStateException("no row");
            }
        }
    }
}
