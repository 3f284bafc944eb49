package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.events.EventHistory.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Postgres that is killed, restarted, filled up. */
final class CrashIT {
    private final EventHistory history = new EventHistory();
    private final EventLog log = new EventLog(EventCheck.ANY, null);
    private OwnServer server;

    @BeforeEach
    void start() {
        server = OwnServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Sequencer sequencer() {
        Sequencer sequencer = new Sequencer(server::open, ChildSequencer.OPTIONS);
        sequencer.start();
        return sequencer;
    }

    private Consumer.Builder consumer(Handler handler) {
        return Consumer.named("crash", List.of(Workload.TOPIC), handler)
                .fromFirst()
                .lease(Duration.ofMillis(600))
                .poll(Duration.ofMillis(20));
    }

    private void append(int version) throws SQLException {
        try (Connection connection = server.open()) {
            log.append(connection, Workload.event(new Change("key-1", version)));
        }
    }

    private int effects() {
        return Integer.parseInt(server.ask("SELECT count(*) FROM effect"));
    }

    @Test
    @DisplayName("8, 9: Postgres killed and restarted under load: acknowledged = delivered, dense, in order")
    void restarts() throws Exception {
        Effects effects;
        try (Connection connection = server.open()) {
            effects = Effects.create(connection, "effect");
        }
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        try (Sequencer sequencer = sequencer();
                Hints hints = new Hints(server::open, Duration.ofSeconds(1));
                Subscription subscription = Subscription.start(
                        server::open, hints, consumer(effects).build());
                Workload load = Workload.start(server::open, log, history, 4, Integer.MAX_VALUE, seed)) {
            hints.start();
            for (int round = 0; round < 3 * KillIT.ROUNDS; round++) {
                int enough = history.acknowledgedCount() + 40;
                Until.holds(() -> history.acknowledgedCount() >= enough, history::acknowledgedCount);
                switch (round % 3) {
                    case 1 -> server.stop("fast");
                    case 2 -> server.stop("immediate");
                    default -> server.kill();
                }
                server.run();
            }
            load.finish();
            int all = history.acknowledgedCount();
            Until.holds(
                    () -> effects() >= all
                            && server.ask("SELECT (SELECT count(*) FROM events.log) = (SELECT sum(n) FROM events.tick)"
                                            + " AND (SELECT count(*) FROM events.log) = (SELECT count(*) FROM effect)")
                                    .equals("t"),
                    this::effects);
            Until.holds(() -> hints.state() == Hints.State.LISTENING, hints::state);
            assertThat(subscription.partitions()).isEqualTo(64);
            Until.holds(() -> sequencer.status().epoch() == 1, sequencer::status);
        }
        try (Connection connection = server.open()) {
            effects.readInto(connection, history);
            assertThat(LogVerifier.verify(connection)).isEmpty();
        }
        assertThat(history.problemsOfParallelReaders()).isEmpty();
    }

    @Test
    @DisplayName(
            "36: nothing is told to anybody that a crash can take back, although the writers do not wait for the disk")
    void asynchronousWriters() throws Exception {
        Set<String> told = ConcurrentHashMap.newKeySet();
        Connecting careless = () -> {
            Connection connection = server.open();
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET synchronous_commit = off");
            }
            return connection;
        };
        Handler telling = (connection, event) -> told.add(event.cloudEvent().id());
        try (Sequencer sequencer = sequencer();
                Subscription subscription =
                        Subscription.start(server::open, null, consumer(telling).build());
                Workload load = Workload.start(careless, log, history, 4, Integer.MAX_VALUE, 1)) {
            Until.holds(() -> told.size() > 100, told::size);
            server.kill();
            load.finish();
            Until.holds(() -> sequencer.status().head() > 0, sequencer::status);
            server.run();
            Until.holds(() -> subscription.partitions() == 64, subscription::partitions);
        }
        String ids = server.ask("SELECT string_agg(id, ' ') FROM events.log");
        assertThat(List.of(ids.split(" ", -1))).containsAll(told);
    }

    @Test
    @DisplayName("50: events of a prepared transaction come after COMMIT PREPARED, over a restart, in order")
    void prepared() throws Exception {
        try (Sequencer sequencer = sequencer()) {
            try (Connection connection = server.open();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                log.append(connection, Workload.event(new Change("key-2", 1)));
                log.append(connection, Workload.event(new Change("key-2", 2)));
                statement.execute("PREPARE TRANSACTION 'later'");
            }
            append(1);
            Until.holds(() -> sequencer.status().head() == 1, sequencer::status);
            server.stop("fast");
            server.run();
            append(2);
            Until.holds(() -> sequencer.status().head() == 2, sequencer::status);
            try (Connection connection = server.open();
                    Statement statement = connection.createStatement()) {
                statement.execute("COMMIT PREPARED 'later'");
            }
            Until.holds(() -> sequencer.status().head() == 4, sequencer::status);
        }
        assertThat(server.ask(
                        "SELECT string_agg((body::json -> 'data' ->> 'key') || ':' || (body::json -> 'data' ->> 'version'), ' '"
                                + " ORDER BY \"offset\") FROM events.numbered(0, 10)"))
                .isEqualTo("key-1:1 key-1:2 key-2:1 key-2:2");
    }

    @Test
    @DisplayName("23: a full notification queue stops no writer and no reader, and is an alarm")
    void fullQueue() throws Exception {
        Effects effects;
        try (Connection connection = server.open()) {
            effects = Effects.create(connection, "effect");
        }
        try (Connection sleeper = server.open();
                Statement sleeping = sleeper.createStatement();
                Connection noisy = server.open();
                Statement noise = noisy.createStatement()) {
            sleeping.execute("LISTEN anything");
            sleeper.setAutoCommit(false);
            sleeping.execute("SELECT 1");
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            noise.execute("SELECT pg_notify('anything', repeat('x', 7990))");
                        }
                    })
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("54000"));
            try (Sequencer sequencer = sequencer();
                    Subscription subscription = Subscription.start(
                            server::open, null, consumer(effects).build())) {
                for (int version = 1; version <= 5; version++) {
                    append(version);
                }
                Until.holds(() -> effects() == 5, this::effects);
                Until.holds(() -> sequencer.status().errors() > 0, sequencer::status);
                assertThat(subscription.partitions()).isEqualTo(64);
                try (Connection connection = server.open()) {
                    assertThat(EventMetrics.read(connection).notifyQueueUsage()).isGreaterThan(0.9);
                }
                sleeper.rollback();
                sleeper.unwrap(PGConnection.class).getNotifications();
                Until.holds(
                        () -> server.ask("SELECT pg_notification_queue_usage() < 0.5")
                                .equals("t"),
                        () -> server.ask("SELECT pg_notification_queue_usage()"));
                long before = sequencer.status().errors();
                append(6);
                Until.holds(() -> effects() == 6, this::effects);
                assertThat(sequencer.status().errors()).isEqualTo(before);
            }
        }
    }

    @Test
    @DisplayName(
            "44: a file that cannot grow refuses appends with a clean error; when there is room again nothing is missing")
    void fullDisk() throws Exception {
        long limit = 17_000_000; // of one file, and not a hard one; a segment of the write-ahead log has 16 MiB
        ChildProcess.run(List.of("prlimit", "--pid", Long.toString(server.pid()), "--fsize=" + limit + ":"));
        try (Sequencer sequencer = sequencer()) {
            String problem = "";
            int version = 0;
            while (problem.isEmpty()) {
                try (Connection connection = server.open()) {
                    log.append(
                            connection,
                            CloudEvent.of("test.key.changed.v1", "/test")
                                    .data(new com.fasterxml.jackson.databind.node.TextNode(noise(60_000)))
                                    .build());
                    version++;
                } catch (SQLException e) {
                    problem = String.valueOf(e.getMessage()).replaceFirst("ERROR: ", "");
                }
            }
            assertThat(problem).startsWith("could not extend file");
            int written = version;
            Until.holds(() -> sequencer.status().head() == written, sequencer::status);
            ChildProcess.run(List.of("prlimit", "--pid", Long.toString(server.pid()), "--fsize=unlimited:"));
            append(1);
            Until.holds(() -> sequencer.status().head() == written + 1, sequencer::status);
        }
        try (Connection connection = server.open()) {
            assertThat(LogVerifier.verify(connection)).isEmpty();
        }
    }

    /** Does not compress. */
    private static String noise(int length) {
        byte[] bytes = new byte[length];
        new java.util.Random(length).nextBytes(bytes);
        return java.util.Base64.getEncoder().encodeToString(bytes).substring(0, length);
    }
}
