package io.gatewright.events;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A sequencer in a process of its own. */
final class ChildSequencer {
    static final Sequencer.Options OPTIONS = new Sequencer.Options(
            Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofMillis(600), true, Set.of(), 2);

    private ChildSequencer() {}

    static Connection open(String url, String user, String password) throws SQLException {
        Connection connection = DriverManager.getConnection(url, user, password);
        try (var statement = connection.createStatement()) {
            statement.execute("SET ROLE gatewright_service");
        }
        return connection;
    }

    static void main(String[] args) throws InterruptedException {
        Sequencer sequencer = new Sequencer(() -> open(args[0], args[1], args[2]), OPTIONS);
        sequencer.start();
        new CountDownLatch(1).await(); // until it is killed
        sequencer.close();
    }
}
