package io.gatewright.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.gatewright.registry.Migrations;
import io.gatewright.registry.SyncRow;
import io.gatewright.registry.SyncTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** Rows of syncs while Postgres is there, and while it is away. */
final class SyncJournalIT {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private static Path directory;

    private static EmbeddedDatabase database;
    private static SyncTable table;

    private final AtomicBoolean reachable = new AtomicBoolean(true);
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private SyncJournal journal;

    @BeforeAll
    static void start() throws Exception {
        database = EmbeddedDatabase.start(directory, true);
        Migrations.migrate(database.url(), database.user(), database.password());
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(database.url());
        source.setUser(database.user());
        source.setPassword(database.password());
        table = new SyncTable(source);
    }

    @BeforeEach
    void open() {
        journal = new SyncJournal(table, reachable::get, tasks::add);
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    private static SyncRow row(String trigger, long revision) {
        return new SyncRow(
                0,
                "here",
                trigger,
                false,
                revision,
                START,
                START,
                "proven",
                0,
                0,
                JsonNodeFactory.instance.objectNode(),
                null);
    }

    @Test
    void writesAtOnceAndTells() {
        List<SyncRow> told = new ArrayList<>();
        journal.onFinished(told::add);

        SyncRow kept = journal.write(row("manual", 1));

        assertThat(kept.id()).isPositive();
        assertThat(told).containsExactly(kept);
        assertThat(table.find(kept.id())).contains(kept);
        assertThat(journal.nextId()).isGreaterThan(kept.id());
    }

    @Test
    void writesLaterWhatTheDatabaseCouldNotTake() throws Exception {
        reachable.set(false);
        assertThat(journal.nextId()).isZero();
        assertThat(journal.write(row("startup", 41)).id()).isZero();
        assertThat(journal.write(row("startup", 42)).id()).isZero();
        assertThat(journal.waiting()).isEqualTo(2);
        assertThat(tasks).as("one task for both").hasSize(1);

        CountDownLatch written = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            tasks.remove().run();
            written.countDown();
        });
        reachable.set(true);
        written.await();

        assertThat(journal.waiting()).isZero();
        assertThat(journal.lost()).isZero();
        assertThat(table.before(Long.MAX_VALUE, 2, "startup"))
                .extracting(SyncRow::revision)
                .containsExactly(42L, 41L);
    }

    @Test
    void countsWhatIsLost() {
        reachable.set(false);
        for (int i = 0; i < SyncJournal.MOST_WAITING + 3; i++) {
            journal.write(row("interval", i));
        }
        assertThat(journal.waiting()).isEqualTo(SyncJournal.MOST_WAITING);
        assertThat(journal.lost()).isEqualTo(3);
    }

    @Test
    void givesUpARowThatTheDatabaseRefusesForGood() {
        journal.write(row("whim", 1));

        assertThat(journal.waiting()).isZero();
        assertThat(journal.lost()).isEqualTo(1);
    }

    @Test
    void stopsTryingWhenItIsClosed() {
        reachable.set(false);
        journal.write(row("drift", 1));
        journal.close();

        tasks.remove().run();

        assertThat(journal.waiting()).isEqualTo(1);
    }
}
