package io.gatewright.events;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Asks about consumers and operates them, from any process. Thread-safe.
 *
 * <p>What is changed here reaches a running subscription within a quarter of its lease.
 */
public final class Consumers {
    private static final long FIRST_WAIT_NANOS = 500_000;
    private static final long LAST_WAIT_NANOS = 20_000_000;

    private final DataSource dataSource;

    /** @param dataSource connections in the role {@code gatewright_service} */
    public Consumers(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** How far a consumer came with an event. */
    public enum Reached {
        /** Its handler has taken the event, or passed it because it is of a topic it does not want. */
        HANDLED,
        /** The event waits behind a failed one of its key. */
        PARKED,
        /** Neither in time. */
        NOT_YET
    }

    /** What is to be done with a lane whose first waiting event has this offset. */
    private interface OnLane {
        boolean at(Connection connection, long position) throws SQLException;
    }

    /** What is to be done in the database. */
    private interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    public List<String> names() {
        return with("Listing the consumers", ConsumerTable::names);
    }

    /**
     * Waits until the consumer has handled an event, for reading one's own writes.
     *
     * @param token of an append whose transaction is committed
     * @param most how long to wait at most
     * @throws EventsException when there is no such consumer, or the database cannot be used
     */
    public Reached awaitReached(String consumer, Token token, Duration most) {
        long end = System.nanoTime() + most.toNanos();
        long wait = FIRST_WAIT_NANOS;
        ConsumerTable.@Nullable Place place = null;
        while (true) {
            if (place == null) {
                place = with("Looking for an event", connection -> ConsumerTable.place(connection, token))
                        .orElse(null);
            }
            Reached reached = place == null ? Reached.NOT_YET : reached(consumer, token.partition(), place);
            long left = end - System.nanoTime();
            if (reached != Reached.NOT_YET
                    || left <= 0
                    || Thread.currentThread().isInterrupted()) {
                return reached;
            }
            LockSupport.parkNanos(Math.min(left, wait));
            wait = Math.min(LAST_WAIT_NANOS, wait * 2);
        }
    }

    private Reached reached(String consumer, int partition, ConsumerTable.Place place) {
        Optional<Boolean> handled = with(
                "Asking how far a consumer is",
                connection -> Optional.ofNullable(ConsumerTable.handled(connection, consumer, partition, place)));
        return handled.map(yes -> yes ? Reached.HANDLED : Reached.PARKED).orElse(Reached.NOT_YET);
    }

    /** The lanes that stand still, oldest first; also those that are tried again by themselves. */
    public List<Parked> parked(String consumer) {
        return with("Listing the parked keys", connection -> ParkedTable.of(connection, consumer));
    }

    /**
     * Has a dead lane tried again, in order, from its first waiting event on; false when there is none. That it was done is
     * kept in the same transaction.
     */
    public boolean replay(String consumer, Lane lane, Intervention.By by) {
        return intervene(
                consumer,
                lane,
                by,
                Intervention.Action.REPLAY,
                (connection, position) -> ParkedTable.replay(connection, consumer, lane));
    }

    /** Gives up the first waiting event of a dead lane and has the next tried; false when there is none. Kept likewise. */
    public boolean discard(String consumer, Lane lane, Intervention.By by) {
        return intervene(
                consumer,
                lane,
                by,
                Intervention.Action.DISCARD,
                (connection, position) -> ParkedTable.pass(connection, consumer, lane, position, true));
    }

    private boolean intervene(
            String consumer, Lane lane, Intervention.By by, Intervention.Action action, OnLane change) {
        return with("Changing a parked key", connection -> {
            connection.setAutoCommit(false);
            try {
                boolean done = false;
                for (Parked parked : ParkedTable.of(connection, consumer)) {
                    if (parked.lane().equals(lane) && parked.dead()) {
                        done = change.at(connection, parked.position());
                        if (done) {
                            InterventionTable.insert(connection, by, action, consumer, lane, parked.position());
                        }
                    }
                }
                connection.commit();
                return done;
            } catch (SQLException | RuntimeException e) {
                Transactions.rollbackOrThrow(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /** What operators did with parked lanes of a consumer, newest first. */
    public List<Intervention> interventions(String consumer, int most) {
        return with("Listing what operators did", connection -> InterventionTable.newest(connection, consumer, most));
    }

    /** How the log and all consumers are. */
    public EventMetrics metrics() {
        return with("Reading the event log's metrics", EventMetrics::read);
    }

    /**
     * Has the consumer read again from a time on, it alone; or go on from there and leave out what it has not read. Keys
     * parked later than that are read again with the rest; while one is parked earlier, it refuses.
     *
     * @param from when the first event to be read was appended; ticks are not split, so some older ones may come too
     * @return false when there is no such consumer
     */
    public boolean rewind(String consumer, Instant from) {
        return with("Moving a consumer", connection -> ConsumerTable.rewind(connection, consumer, from));
    }

    /** Forgets the consumer, its cursors and parked keys; false when there is none. */
    public boolean remove(String consumer) {
        return with("Removing a consumer", connection -> ConsumerTable.remove(connection, consumer) > 0);
    }

    private <T> T with(String doing, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            return work.in(connection);
        } catch (SQLException e) {
            throw EventsException.of(doing, e);
        }
    }
}
