package io.gatewright.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.gatewright.registry.Change;
import io.gatewright.registry.Registry;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;

/**
 * What the registry costs when it is large: filling and loading it, commits beside plain inserts, resolving one tenant and
 * all of them. In this process, with a Postgres of its own whose fsync is on.
 */
final class RegistryBench {
    private static final int MANY_WRITERS = 16;
    private static final int CALLS = 20_000;
    private static final int WARM_UP_ROUNDS = 3;
    private static final long SEED = 42;

    private final int tenants;
    private final int rounds;
    private long sink; // what was resolved, so that nothing is left out because nobody wants it

    RegistryBench(int tenants, int rounds) {
        this.tenants = tenants;
        this.rounds = rounds;
    }

    void run() throws IOException, SQLException, InterruptedException, ExecutionException {
        try (BenchDatabase database = BenchDatabase.start(MANY_WRITERS + 4)) {
            long documents = fill(database);
            load(database, documents);
            Registry registry = new Registry(database.pool(), Clock.systemUTC());
            try (SettingsFeed feed = feed(database)) {
                feed.start();
                effective(feed.current());
                resolve(registry, feed);
            }
            CommitRate rate = new CommitRate(registry, database, tenants, rounds);
            rate.run(1);
            rate.run(MANY_WRITERS);
        }
        if (sink == 0) {
            throw new IllegalStateException("nothing was resolved");
        }
    }

    private long fill(BenchDatabase database) throws SQLException {
        long start = System.nanoTime();
        long documents = LargeRegistry.fill(new Registry(database.pool(), Clock.systemUTC()), tenants);
        long nanos = System.nanoTime() - start;
        database.execute("ANALYZE");
        System.out.printf(
                Locale.ROOT,
                "result registry measure=fill tenants=%d documents=%d seconds=%.1f documents_per_s=%.0f%n",
                tenants,
                documents,
                nanos / 1e9,
                documents * 1e9 / nanos);
        return documents;
    }

    private static SettingsFeed feed(BenchDatabase database) {
        return new SettingsFeed(
                database::connect, database.pool(), null, SettingsFeed.POLL_INTERVAL, Clock.systemUTC());
    }

    private void load(BenchDatabase database, long documents) {
        Spread millis = new Spread(rounds);
        Spread heap = new Spread(rounds);
        for (int round = -1; round < rounds; round++) {
            long before = CacheHeap.live();
            try (SettingsFeed feed = feed(database)) {
                long start = System.nanoTime();
                feed.start();
                double took = (System.nanoTime() - start) / 1e6;
                if (feed.current().ids(Kind.TENANT).size() != tenants) {
                    throw new IllegalStateException("the load lost tenants");
                }
                long used = CacheHeap.live() - before;
                sink += feed.current().revision();
                if (round >= 0) {
                    millis.add(took);
                    heap.add((double) used);
                }
            }
            Progress.say("load " + (round + 2) + " of " + (rounds + 1));
        }
        System.out.printf(
                Locale.ROOT,
                "result registry measure=load tenants=%d documents=%d rounds=%d %s %s heap_per_document_bytes=%.0f%n",
                tenants,
                documents,
                rounds,
                millis.text("load", "ms", 0),
                heap.text("heap", "bytes", 0),
                heap.median() / documents);
    }

    private void effective(Settings settings) {
        Spread median = new Spread(rounds);
        Spread slow = new Spread(rounds);
        SplittableRandom random = new SplittableRandom(SEED);
        What route = new What.Route(LargeRegistry.MODULE, LargeRegistry.ROUTE);
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            Sample sample = new Sample();
            for (int i = 0; i < CALLS; i++) {
                String tenant = LargeRegistry.tenant(random.nextInt(tenants));
                long start = System.nanoTime();
                sink += settings.effective(tenant, route).get(Catalog.RATE_LIMIT_REQUESTS);
                sample.add(System.nanoTime() - start);
            }
            if (round >= 0) {
                median.add(sample.percentileNanos(0.50) / 1e3);
                slow.add(sample.percentileNanos(0.99) / 1e3);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "result registry measure=effective calls=%d rounds=%d %s %s%n",
                CALLS,
                rounds,
                median.text("p50", "us", 2),
                slow.text("p99", "us", 2));
    }

    private void resolve(Registry registry, SettingsFeed feed) {
        Spread all = new Spread(rounds);
        Spread pairs = new Spread(rounds);
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            DocumentKey key = new DocumentKey(Kind.SETTING, "global/rate-limit.burst");
            var body = JsonNodeFactory.instance.objectNode().put("value", 1_000 + round);
            LargeRegistry.commit(registry, List.of(new Change(key, null, body)));
            feed.look();
            double tenantsTook = millis(feed.current(), new What[] {What.ANY});
            double pairsTook = millis(feed.current(), modules());
            if (round >= 0) {
                all.add(tenantsTook);
                pairs.add(pairsTook);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "result registry measure=resolve tenants=%d pairs=%d rounds=%d %s %s%n",
                tenants,
                tenants * LargeRegistry.modules(),
                rounds,
                all.text("tenants", "ms", 1),
                pairs.text("pairs", "ms", 1));
    }

    private static What[] modules() {
        What[] modules = new What[LargeRegistry.modules()];
        for (int i = 0; i < modules.length; i++) {
            modules[i] = new What.Module(LargeRegistry.module(i));
        }
        return modules;
    }

    /** Resolves every tenant on each of these. */
    private double millis(Settings settings, What[] whats) {
        long start = System.nanoTime();
        for (int i = 0; i < tenants; i++) {
            for (What what : whats) {
                sink += settings.effective(LargeRegistry.tenant(i), what).get(Catalog.RATE_LIMIT_REQUESTS);
            }
        }
        return (System.nanoTime() - start) / 1e6;
    }
}
