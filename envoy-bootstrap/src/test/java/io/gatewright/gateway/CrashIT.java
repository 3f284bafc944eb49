package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.audit.AuditChain;
import io.gatewright.envoy.EnvoyTranslator;
import io.gatewright.registry.DocumentChange;
import io.gatewright.registry.History;
import io.gatewright.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at random moments while many commit: of the control plane, of one connection's process in Postgres, of
 * Postgres and control plane together. More rounds with {@code -Dgatewright.crash.rounds=50}, the same moments again with
 * {@code -Dgatewright.crash.seed}.
 */
final class CrashIT {
    private static final int ROUNDS = Integer.getInteger("gatewright.crash.rounds", 3);
    private static final int WRITERS = 6;
    private static final long LONGEST_COMMIT_NANOS = 10_000_000;
    private static final Duration LIVE = Duration.ofSeconds(60);

    private enum Crash {
        OF_THE_CONTROL_PLANE,
        OF_A_CONNECTION_IN_POSTGRES,
        OF_BOTH
    }

    @TempDir
    Path directory;

    @Test
    void losesNoRevisionThatWasAcknowledgedAndRunsTheLastOne() throws Exception {
        long seed = Long.getLong("gatewright.crash.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        AtomicLong values = new AtomicLong(1_000);
        Map<Long, Long> acknowledged = CommitLoad.nothingAcknowledged();
        try (Outage outage = new Outage(directory, List.of("--keys-interval=PT5S"))) {
            int first = random.nextInt(Crash.values().length);
            for (int round = 0; round < ROUNDS; round++) {
                Crash crash = Crash.values()[(first + round) % Crash.values().length];
                try (CommitLoad load = new CommitLoad(outage.api(), WRITERS, values, acknowledged)) {
                    load.awaitMore(1 + random.nextInt(100));
                    LockSupport.parkNanos(random.nextLong(LONGEST_COMMIT_NANOS));
                    fall(outage, crash, load, random);
                }
                if (crash != Crash.OF_A_CONNECTION_IN_POSTGRES) {
                    outage.restartPlane();
                }
                long newest = check(outage, acknowledged);
                System.out.println("round=" + round + " crash=" + crash + " acknowledged=" + acknowledged.size()
                        + " newest=" + newest);
            }
        }
    }

    private void fall(Outage outage, Crash crash, CommitLoad load, SplittableRandom random) throws Exception {
        switch (crash) {
            case OF_THE_CONTROL_PLANE -> outage.killPlane();
            case OF_A_CONNECTION_IN_POSTGRES -> {
                database().killOneConnection(random);
                load.awaitMore(20);
            }
            case OF_BOTH -> {
                PlaneDatabase database = database();
                if (random.nextBoolean()) {
                    database.kill();
                    outage.killPlane();
                } else {
                    outage.killPlane();
                    database.kill();
                }
            }
        }
    }

    private PlaneDatabase database() throws IOException {
        return PlaneDatabase.of(directory.resolve("plane/data"));
    }

    /** Chain, acknowledged revisions, whole change sets, and what the gateway runs. Returns the newest revision. */
    private long check(Outage outage, Map<Long, Long> acknowledged) throws IOException {
        History history = database().history();
        long newest = history.newest();
        assertThat(history.verify())
                .isInstanceOfSatisfying(
                        AuditChain.Verdict.Intact.class,
                        intact -> assertThat(intact.to()).isEqualTo(newest));
        history.revisions(Long.MAX_VALUE, Math.toIntExact(newest)).forEach(revision -> {
            Long value = acknowledged.get(revision.header().number());
            boolean ofTheLoad = revision.header().reason().equals("load");
            assertThat(ofTheLoad || value == null).as(revision.toString()).isTrue();
            if (ofTheLoad) {
                List<Long> written =
                        revision.changes().stream().map(CrashIT::value).toList();
                assertThat(written).hasSize(2);
                assertThat(written.get(0)).isEqualTo(written.get(1)).isEqualTo(value == null ? written.get(0) : value);
            }
        });
        assertThat(acknowledged.keySet())
                .allSatisfy(revision -> assertThat(revision).isLessThanOrEqualTo(newest));
        Settings last = history.settingsAt(newest);
        for (String tenant : List.of("a", "b")) {
            Waiting.until(
                    "the gateway runs revision " + newest + " for " + tenant,
                    LIVE,
                    () -> outage.beacon(tenant).contains(EnvoyTranslator.policy(last, tenant)));
        }
        return newest;
    }

    private static Long value(DocumentChange change) {
        return change.newBody() == null ? -1 : change.newBody().path("value").asLong();
    }
}
