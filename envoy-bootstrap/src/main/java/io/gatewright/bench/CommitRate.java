package io.gatewright.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.Change;
import io.gatewright.registry.Registry;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** How many settings a second can be changed, one in each commit, in turns with a plain INSERT of the same rows. */
final class CommitRate {
    private static final Duration ROUND = Duration.ofSeconds(2);

    private final Registry registry;
    private final PlainInsert plain;
    private final int tenants;
    private final int rounds;
    private final AtomicLong value = new AtomicLong(1_000); // each write another, so that each changes something

    CommitRate(Registry registry, BenchDatabase database, int tenants, int rounds) throws SQLException {
        this.registry = registry;
        this.plain = new PlainInsert(database);
        this.tenants = tenants;
        this.rounds = rounds;
    }

    void run(int writers) throws InterruptedException, ExecutionException {
        Spread commits = new Spread(rounds);
        Spread inserts = new Spread(rounds);
        for (int round = -1; round < rounds; round++) { // the first to warm up
            double committed = perSecond(writers, this::commit);
            double inserted = perSecond(writers, this::insert);
            if (round >= 0) {
                commits.add(committed);
                inserts.add(inserted);
            }
            Progress.say("round " + (round + 2) + " of " + (rounds + 1) + " with " + writers
                    + (writers == 1 ? " writer" : " writers"));
        }
        System.out.printf(
                Locale.ROOT,
                "result registry measure=commits writers=%d rounds=%d %s %s commits_to_plain_ratio=%.2f%n",
                writers,
                rounds,
                commits.text("commits", "per_s", 0),
                inserts.text("plain", "per_s", 0),
                commits.median() / inserts.median());
    }

    /** Replaces a setting. */
    private interface Writing {
        void write(String id, long value);
    }

    private void commit(String id, long value) {
        LargeRegistry.commit(registry, List.of(new Change(new DocumentKey(Kind.SETTING, id), null, body(value))));
    }

    private void insert(String id, long value) {
        plain.insert(id, body(value - 1).toString(), body(value).toString());
    }

    private static ObjectNode body(long value) {
        return JsonNodeFactory.instance.objectNode().put("value", value);
    }

    private double perSecond(int writers, Writing writing) throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        long end = start + ROUND.toNanos();
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            int writer = i;
            tasks.add(() -> write(writer, writers, end, writing));
        }
        long written = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            for (Future<Long> task : threads.invokeAll(tasks)) {
                written += task.get();
            }
        }
        return written * 1e9 / (System.nanoTime() - start);
    }

    /** Goes round its share of the tenants, so that no two writers change the same setting. */
    private long write(int writer, int writers, long end, Writing writing) {
        long written = 0;
        int share = Math.max(1, tenants / writers);
        while (System.nanoTime() < end) {
            int tenant = (writer + writers * (int) (written % share)) % tenants;
            writing.write("tenant=" + LargeRegistry.tenant(tenant) + "/rate-limit.requests", value.incrementAndGet());
            written++;
        }
        return written;
    }
}
