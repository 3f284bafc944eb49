package io.gatewright.events;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.gatewright.events.EventHistory.Change;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Writers that are as unkind to a log as they may be: a third of the transactions takes its number long before it appends,
 * some roll back, all fight for few keys. One that loses its connection goes on with another. Thread-safe.
 */
final class Workload implements AutoCloseable {
    static final String TOPIC = "test.key";
    private static final int KEYS = 40;
    private static final int TENANTS = 8;

    private final Connecting connecting;
    private final EventLog log;
    private final EventHistory history;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicInteger left;
    private final List<Thread> threads = new ArrayList<>();

    private Workload(Connecting connecting, EventLog log, EventHistory history, int transactions) {
        this.connecting = connecting;
        this.log = log;
        this.history = history;
        this.left = new AtomicInteger(transactions);
    }

    static void createTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE account (key text PRIMARY KEY, version bigint NOT NULL);"
                    + " CREATE TABLE noise (id bigint GENERATED ALWAYS AS IDENTITY);"
                    + " GRANT ALL ON account, noise TO gatewright_service;"
                    + " INSERT INTO account SELECT 'key-' || i, 0 FROM generate_series(0, " + (KEYS - 1) + ") AS i");
        }
    }

    /** Starts writers; {@link #join} waits until they have made all transactions, {@link #close} stops them. */
    static Workload start(
            Connecting connecting, EventLog log, EventHistory history, int writers, int transactions, long seed) {
        Workload workload = new Workload(connecting, log, history, transactions);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < writers; i++) {
            SplittableRandom own = random.split();
            workload.threads.add(Thread.ofVirtual().name("writer-" + i).start(() -> workload.write(own)));
        }
        return workload;
    }

    static CloudEvent event(Change change) {
        int number = Integer.parseInt(change.key().substring(4));
        return CloudEvent.of("test.key.changed.v1", "/test")
                .tenant("tenant-" + number % TENANTS)
                .key(change.key())
                .data(JsonNodeFactory.instance
                        .objectNode()
                        .put("key", change.key())
                        .put("version", change.version()))
                .build();
    }

    void join() {
        threads.forEach(Threads::join);
    }

    /** Has the writers finish the transaction they are in, and waits for them. */
    void finish() {
        stop.countDown();
        join();
    }

    @Override
    public void close() {
        finish();
    }

    private void write(SplittableRandom random) {
        while (stop.getCount() > 0 && left.get() > 0) {
            try (Connection connection = connecting.open()) {
                connection.setAutoCommit(false);
                while (stop.getCount() > 0 && left.getAndDecrement() > 0) {
                    transaction(connection, random);
                }
            } catch (SQLException e) {
                LockSupport.parkNanos(20_000_000); // the database is away: a load, not a check, so it may wait by time
            }
        }
    }

    private void transaction(Connection connection, SplittableRandom random) throws SQLException {
        Change change;
        try (Statement statement = connection.createStatement()) {
            if (random.nextInt(10) < 3) {
                statement.execute("INSERT INTO noise DEFAULT VALUES; SELECT pg_sleep(" + random.nextDouble(0.02) + ")");
            }
            change = next(connection, "key-" + random.nextInt(KEYS));
            log.append(connection, event(change));
            if (random.nextInt(20) == 0) {
                connection.rollback();
                return;
            }
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith("40")) {
                connection.rollback();
                return;
            }
            throw e;
        }
        try {
            connection.commit();
        } catch (SQLException e) {
            history.indeterminate(change);
            throw e;
        }
        history.acknowledged(change);
    }

    static Change next(Connection connection, String key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE account SET version = version + 1 WHERE key = ? RETURNING version")) {
            statement.setString(1, key);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Change(key, row.getLong(1));
            }
        }
    }
}
