package io.gatewright.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Where events are published: into the caller's own transaction, so that fact and event commit together or not at all.
 * Thread-safe; one per process is enough.
 *
 * <p>An append is one insert. It neither locks nor notifies, so writers do not wait for each other; readers get the event in
 * its order after the commit. Other languages call the SQL function {@code events.append}.
 */
public final class EventLog {
    /**
     * The statement that appends one event, for who sends several statements in one round trip; {@link #bind} binds it. It
     * gives no token, and fails with SQLState 23505 when source and id name an event of today already.
     */
    public static final String APPEND = LogTable.INSERT_NEW + ";\n";

    private final EventCheck check;
    private final @Nullable AppendSignal signal;
    private final Map<EventRefused.Kind, LongAdder> refused = new EnumMap<>(EventRefused.Kind.class);

    /**
     * @param check what every event has to pass; {@link EventCheck#ANY} only where events are made up
     * @param signal wakes the sequencer, so that it need not be polled for; null: it finds events by itself within 200 ms
     */
    public EventLog(EventCheck check, @Nullable AppendSignal signal) {
        this.check = check;
        this.signal = signal;
        for (EventRefused.Kind kind : EventRefused.Kind.values()) {
            refused.put(kind, new LongAdder());
        }
    }

    /**
     * Appends the event in the connection's transaction. The same event again on the same day (UTC) is not written again.
     *
     * @return for {@link Consumers#awaitReached}
     * @throws EventRefused when the event must not be appended; roll the transaction back
     * @throws SQLException as every statement of the transaction; retry it as a whole on 40001 and 40P01
     */
    public Token append(Connection connection, CloudEvent event) throws SQLException {
        requireFine(event);
        Optional<Token> written = LogTable.insert(connection, event);
        wake();
        return written.isPresent() ? written.get() : alreadyThere(connection, event);
    }

    /** Appends the events in their order, in one round trip. */
    public List<Token> append(Connection connection, List<CloudEvent> events) throws SQLException {
        if (events.isEmpty()) {
            return List.of();
        }
        events.forEach(this::requireFine);
        List<Token> written = LogTable.insertAll(connection, events);
        wake();
        if (written.size() == events.size()) {
            return written;
        }
        List<Token> tokens = new ArrayList<>(events.size());
        for (CloudEvent event : events) {
            tokens.add(alreadyThere(connection, event));
        }
        return tokens;
    }

    /**
     * Binds {@link #APPEND} from a parameter on and returns the next parameter. Say {@link #committed} after the commit.
     *
     * @throws EventRefused as {@link #append}
     */
    public int bind(PreparedStatement statement, int first, CloudEvent event) throws SQLException {
        requireFine(event);
        return LogTable.bind(statement, first, event);
    }

    /**
     * Says that a transaction with events was committed. Worth it after one that took long: then the sequencer, told at the
     * append, may have gone back to sleep.
     */
    public void committed() {
        wake();
    }

    /** How many appends were refused for this reason since the start: the metric {@code schema_rejected_total}. */
    public long refused(EventRefused.Kind kind) {
        LongAdder count = refused.get(kind);
        return count == null ? 0 : count.sum();
    }

    /** Reads an event for {@link #append} and counts it when it is malformed. */
    public CloudEvent parse(byte[] utf8) {
        try {
            return CloudEvent.parse(utf8);
        } catch (EventRefused e) {
            count(e.kind());
            throw e;
        }
    }

    private void requireFine(CloudEvent event) {
        List<String> problems = check.problems(event);
        if (!problems.isEmpty()) {
            throw refuse(EventRefused.Kind.SCHEMA, problems);
        }
    }

    private Token alreadyThere(Connection connection, CloudEvent event) throws SQLException {
        LogTable.Kept kept = LogTable.kept(connection, event)
                .orElseThrow(() -> new SQLException("the event that stood in the way is gone", "40001"));
        if (!kept.body().equals(event.text())) {
            throw refuse(
                    EventRefused.Kind.CONFLICT,
                    List.of("source " + event.source() + " and id " + event.id()
                            + " name another event already: give each event an id of its own"));
        }
        return kept.token();
    }

    private EventRefused refuse(EventRefused.Kind kind, List<String> problems) {
        count(kind);
        return new EventRefused(kind, problems);
    }

    private void count(EventRefused.Kind kind) {
        LongAdder count = refused.get(kind);
        if (count != null) {
            count.increment();
        }
    }

    private void wake() {
        if (signal != null) {
            signal.raise();
        }
    }
}
