package io.gatewright.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SyncTableIT {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00.000001Z");
    private TestDatabase database;
    private SyncTable table;

    @BeforeEach
    void migrate() {
        database = TestDatabase.migrated();
        table = new SyncTable(database.service());
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static SyncRow row(long id, String replica, String trigger, long revision) {
        ObjectNode report = Json.object();
        report.putArray("nodes").addObject().put("id", "edge-1").put("reason", "say \"no\" – ünd");
        return new SyncRow(
                id, replica, trigger, false, revision, START, START.plusMillis(5), "proven", 3, 1, report, null);
    }

    @Test
    void keepsARowAsItWasWritten() {
        SyncRow written = table.write(row(0, "one", "manual", 7));

        assertThat(written.id()).isPositive();
        assertThat(written).isEqualTo(row(written.id(), "one", "manual", 7));
        assertThat(table.find(written.id())).contains(written);
        assertThat(table.find(written.id() + 1)).isEmpty();
        assertThat(table.find(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void writesUnderAnIdThatWasTakenBefore() {
        long id = table.nextId();
        SyncRow other = table.write(row(0, "one", "interval", 7));

        assertThat(table.write(row(id, "one", "manual", 7)).id()).isEqualTo(id);
        assertThat(other.id()).isNotEqualTo(id);
    }

    @Test
    void knowsWhenTheRevisionWasCommitted() {
        new Registry(database.service(), Clock.systemUTC()).commit(Samples.set(Samples.org("acme", "Acme")));

        SyncRow written = table.write(row(0, "one", "revision", 1));

        assertThat(written.committedAt())
                .isNotNull()
                .hasToString(new History(database.service())
                        .revision(1)
                        .orElseThrow()
                        .header()
                        .at()
                        .toString());
        assertThat(table.find(written.id())).contains(written);
    }

    @Test
    void pagesFromTheNewestBack() {
        for (int i = 0; i < 5; i++) {
            table.write(row(0, "one", i % 2 == 0 ? "interval" : "drift", i));
        }

        List<SyncRow> first = table.before(Long.MAX_VALUE, 2, null);
        assertThat(first).extracting(SyncRow::revision).containsExactly(4L, 3L);
        assertThat(table.before(first.getLast().id(), 10, null))
                .extracting(SyncRow::revision)
                .containsExactly(2L, 1L, 0L);
        assertThat(table.before(Long.MAX_VALUE, 10, "drift"))
                .extracting(SyncRow::revision)
                .containsExactly(3L, 1L);
    }

    @Test
    void trimsEachTriggerByItself() {
        for (int i = 0; i < 5; i++) {
            table.write(row(0, "one", "revision", i));
        }
        table.write(row(0, "one", "drift", 9));

        assertThat(table.trim("revision", 2)).isEqualTo(3);
        assertThat(table.trim("drift", 2)).isZero();
        assertThat(table.before(Long.MAX_VALUE, 10, null))
                .extracting(SyncRow::revision)
                .containsExactly(9L, 4L, 3L);
    }

    @Test
    void takesRowsOfManyReplicasAtOnce() throws Exception {
        List<Future<Long>> ids = new ArrayList<>();
        try (ExecutorService replicas = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int replica = 0; replica < 4; replica++) {
                String name = "replica-" + replica;
                SyncTable own = new SyncTable(database.service());
                for (int i = 0; i < 25; i++) {
                    ids.add(replicas.submit(
                            () -> own.write(row(0, name, "interval", 1)).id()));
                }
            }
        }
        List<Long> all = new ArrayList<>();
        for (Future<Long> id : ids) {
            all.add(id.get());
        }
        assertThat(all).doesNotHaveDuplicates();
        assertThat(table.before(Long.MAX_VALUE, 200, null))
                .hasSize(100)
                .extracting(SyncRow::replica)
                .containsOnly("replica-0", "replica-1", "replica-2", "replica-3");
    }

    @Test
    void saysWhetherTryingAgainHelps() {
        assertThatThrownBy(() -> table.write(row(0, "one", "whim", 1)))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.mayPass()).isFalse());
        database.tamper("ALTER TABLE registry.sync RENAME TO away");
        assertThatThrownBy(() -> table.write(row(0, "one", "drift", 1)))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.mayPass()).isTrue());
    }

    @Test
    void leavesAConnectionThatFailedUsable() {
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> table.write(row(0, "one", "whim", 1))).isInstanceOf(RegistryException.class);
        }
        assertThat(table.write(row(0, "one", "drift", 1)).id()).isPositive();
    }
}
