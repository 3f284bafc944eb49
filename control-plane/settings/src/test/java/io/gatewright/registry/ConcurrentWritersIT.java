package io.gatewright.registry;

import static io.gatewright.registry.Samples.limit;
import static io.gatewright.registry.Samples.set;
import static io.gatewright.registry.Samples.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.audit.AuditChain;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ConcurrentWritersIT {
    private static final int WRITERS = 8;
    private static final int ROUNDS = 40;

    @Test
    void writesGapFreeRevisionsAndOneChainFromTwoProcesses() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        try (TestDatabase database = TestDatabase.migrated();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Registry> registries = List.of(
                    new Registry(database.service(), Clock.systemUTC()),
                    new Registry(database.service(), Clock.systemUTC()));
            registries.getFirst().commit(set(Samples.org("acme", "Acme")));
            List<Callable<List<CommitResult>>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Registry registry = registries.get(i % 2);
                Random random = new Random(seed + i);
                writers.add(() -> write(registry, random));
            }
            List<Long> revisions = new ArrayList<>();
            for (Future<List<CommitResult>> writer : threads.invokeAll(writers)) {
                for (CommitResult result : writer.get()) {
                    if (result instanceof CommitResult.Committed committed) {
                        revisions.add(committed.revision());
                    } else {
                        assertThat(result).isInstanceOfAny(CommitResult.Conflict.class, CommitResult.Unchanged.class);
                    }
                }
            }
            Collections.sort(revisions);

            assertThat(revisions)
                    .containsExactlyElementsOf(LongStream.rangeClosed(2, revisions.size() + 1L)
                            .boxed()
                            .toList());
            History history = new History(database.service());
            assertThat(history.verify())
                    .isInstanceOfSatisfying(
                            AuditChain.Verdict.Intact.class,
                            intact -> assertThat(intact.to()).isEqualTo(revisions.size() + 1L));
            assertThat(database.ask("""
                    SELECT count(*) FROM (SELECT jsonb_array_elements(body->'hosts') AS host FROM registry.document
                        WHERE kind = 'tenant') hosts GROUP BY host ORDER BY 1 DESC LIMIT 1""")).as("owners of one host").isEqualTo("1");
        }
    }

    private static List<CommitResult> write(Registry registry, Random random) {
        List<CommitResult> results = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            String id = "t" + random.nextInt(6);
            results.add(registry.commit(
                    random.nextBoolean()
                            ? set(limit("org=acme", 1 + random.nextInt(1_000)))
                            : set(tenant(id, "acme", "h" + random.nextInt(6) + ".acme.example"))));
        }
        return results;
    }
}
