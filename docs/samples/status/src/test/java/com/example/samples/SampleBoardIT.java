package com.example.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.events.Consumers;
import io.gatewright.events.EventLog;
import io.gatewright.events.EventRefused;
import io.gatewright.events.Migrations;
import io.gatewright.events.ScratchDatabase;
import io.gatewright.events.Sequencer;
import io.gatewright.events.Subscription;
import io.gatewright.events.Token;
import io.gatewright.events.schema.CatalogCheck;
import io.gatewright.events.schema.EventSchema;
import io.gatewright.events.schema.SchemaCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Also how the parts of a process are put together: a log, a sequencer, a subscription. */
final class SampleBoardIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    private ScratchDatabase database;
    private Sequencer sequencer;
    private Subscription subscription;
    private Samples samples;
    private SampleBoard board;

    @BeforeEach
    void start() throws Exception {
        database = ScratchDatabase.empty();
        Migrations.migrate(database.url(), ScratchDatabase.OWNER, "owner");
        try (Connection owner = database.owner();
                Statement statement = owner.createStatement()) {
            statement.execute(script());
        }
        DataSource pool = database.service();
        Clock clock = Clock.fixed(Instant.parse("2026-11-03T09:12:44.118Z"), ZoneOffset.UTC);
        samples = new Samples(pool, new EventLog(new CatalogCheck(SchemaCatalog.load()), null), clock);
        board = new SampleBoard(pool);
        sequencer = new Sequencer(this::connection, Sequencer.Options.DEFAULT);
        sequencer.start();
        subscription = Subscription.start(this::connection, null, SampleBoard.consumer());
    }

    @AfterEach
    void stop() {
        subscription.close();
        sequencer.close();
        database.close();
    }

    private static String script() throws IOException {
        try (InputStream script = Samples.class.getResourceAsStream("samples.sql")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Connection connection() throws SQLException {
        Connection connection = database.owner();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE gatewright_service");
        }
        return connection;
    }

    @Test
    void readsItsOwnWrites() throws Exception {
        for (String status : new String[] {"registered", "received", "in-analysis", "released"}) {
            Token token = samples.change("acme-de", "S-1", status, "ann@example.org");

            assertThat(board.statusAsOf(token, "acme-de", "S-1", LONG)).contains(status);
        }
        assertThat(database.ask("SELECT version || ' ' || (changed_at AT TIME ZONE 'UTC') FROM samples.board"))
                .isEqualTo("4 2026-11-03 09:12:44.118");
    }

    @Test
    void showsEveryVersionInItsOrderWhoeverWrites() throws Exception {
        int writers = 4;
        int each = 25;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<?> writer : IntStream.range(0, writers)
                    .mapToObj(writer -> threads.submit(() -> {
                        for (int i = 0; i < each; i++) {
                            samples.change("acme-de", "S-" + i % 5, "received", null);
                        }
                        return null;
                    }))
                    .toList()) {
                writer.get();
            }
        }
        Token last = samples.change("acme-de", "S-0", "released", null);

        assertThat(board.statusAsOf(last, "acme-de", "S-0", LONG)).contains("released");
        assertThat(database.ask("""
                SELECT string_agg(id || '=' || version, ' ' ORDER BY id) FROM samples.board""")).isEqualTo("S-0=21 S-1=20 S-2=20 S-3=20 S-4=20");
        assertThat(database.ask("SELECT count(*) FROM events.parked")).isEqualTo("0");
    }

    @Test
    @DisplayName("40: an event that its schema forbids takes the whole change back")
    void refusesWhatTheSchemaForbids() throws Exception {
        samples.change("acme-de", "S-1", "registered", null);

        assertThatThrownBy(() -> samples.change("acme-de", "S-1", "lost", null))
                .isInstanceOfSatisfying(EventRefused.class, refused -> {
                    assertThat(refused.kind()).isEqualTo(EventRefused.Kind.SCHEMA);
                    assertThat(refused.problems()).singleElement().asString().startsWith("/data/status ");
                });

        assertThat(database.ask("SELECT version || status FROM samples.sample")).isEqualTo("1registered");
        assertThat(database.ask("SELECT count(*) FROM events.log")).isEqualTo("1");
        assertThat(new Consumers(database.service()).names()).contains(SampleBoard.CONSUMER);
    }

    @Test
    void theCatalogueDeclaresWhatIsSubscribedTo() {
        SchemaCatalog catalog = SchemaCatalog.load();

        assertThat(catalog.subscriptions())
                .filteredOn(declared -> declared.consumer().equals(SampleBoard.CONSUMER))
                .singleElement()
                .satisfies(declared -> assertThat(declared.types().stream()
                                .map(type -> catalog.find(type)
                                        .map(EventSchema::topic)
                                        .orElseThrow())
                                .distinct())
                        .containsExactlyElementsOf(SampleBoard.consumer().topics()));
    }
}
