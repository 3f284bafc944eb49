package io.gatewright.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class SequencerIT extends OnDatabase {
    @Test
    @DisplayName("1: loses and swaps nothing under early transaction numbers, while a cursor on seq does")
    void losesNothing() throws Exception {
        EventHistory naive = new EventHistory();
        CountDownLatch written = new CountDownLatch(1);
        Thread cursor = Thread.ofVirtual().start(() -> followSeq(naive, written));
        try (Sequencer sequencer = sequencer()) {
            try (Workload load = Workload.start(database::open, log, history, 16, 2000, seed())) {
                load.join();
            }
            awaitTicked();
            Until.holds(() -> sequencer.status().leading(), sequencer::status);
        }
        written.countDown();
        cursor.join();
        readAll(history, 700);

        assertThat(history.problems()).isEmpty();
        assertThat(history.deliveredCount())
                .isEqualTo(history.acknowledgedCount())
                .isGreaterThan(1500);
        assertThat(naive.deliveredCount()).as("what a cursor on seq got").isLessThan(history.acknowledgedCount());
    }

    private void followSeq(EventHistory into, CountDownLatch end) {
        try (Connection connection = database.open();
                PreparedStatement next = connection.prepareStatement(
                        "SELECT seq, part, topic, body FROM events.log WHERE seq > ? ORDER BY seq")) {
            long last = 0;
            while (end.getCount() > 0) {
                next.setLong(1, last);
                try (ResultSet row = next.executeQuery()) {
                    while (row.next()) {
                        last = row.getLong(1);
                        into.delivered(new Event(1, row.getInt(2), 0, last, row.getString(3), row.getString(4)));
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
