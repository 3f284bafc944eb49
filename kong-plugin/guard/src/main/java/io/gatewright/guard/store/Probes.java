package io.gatewright.guard.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code idempotency.probe}: which attempts modules are to be asked about, and when. What is settled here is settled
 * for the attempt that was taken only, and only while its outcome is unknown. Thread-safe; any number of processes may share it.
 */
public final class Probes {
    private static final String NOTE = "SELECT idempotency.note_unknown(?, ?, make_interval(secs => ?))";
    private static final String TAKE = "SELECT * FROM idempotency.take_probes(?, make_interval(secs => ?))";
    private static final String SETTLE = "SELECT idempotency.settle_probed(?, ?, ?, ?, ?::smallint, ?, ?, ?)";
    private static final String OF_ATTEMPT = " WHERE tenant = ? AND kh = ? AND attempt = ? AND fence = ?";
    private static final String PUT_OFF =
            "UPDATE idempotency.probe SET next_ask = clock_timestamp() + make_interval(secs => ?), asked = asked + ?"
                    + OF_ATTEMPT;
    private static final String LEAVE =
            "UPDATE idempotency.probe SET next_ask = 'infinity', asked = asked + 1" + OF_ATTEMPT;
    private static final String FORGET = "DELETE FROM idempotency.probe" + OF_ATTEMPT;

    private final DataSource connections;

    /** @param connections in the role {@code gatewright_service}, for what may take longer than a request may */
    public Probes(DataSource connections) {
        this.connections = connections;
    }

    /** What is done with a prepared statement. */
    private interface Work<T> {
        T with(PreparedStatement statement) throws SQLException;
    }

    private <T> T call(String sql, Work<T> work) throws StoreUnavailable {
        try (Connection connection = connections.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            return work.with(statement);
        } catch (SQLException e) {
            throw new StoreUnavailable(e, true);
        }
    }

    /**
     * Notes what is unknown by now, of what was sent since these versions of these routes were first given here: a module can
     * know of nothing that was sent before it could be asked. What was noted before stays as it is.
     *
     * @param routes {@code module/route}, those whose modules can be asked, with the revision that says so
     * @param back how long ago a lease may have ended; null for any, which reads the whole table of claims
     * @return how many are new
     */
    public int note(Map<String, Long> routes, @Nullable Duration back) throws StoreUnavailable {
        return call(NOTE, statement -> {
            List<Map.Entry<String, Long>> each = List.copyOf(routes.entrySet());
            Connection connection = statement.getConnection();
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text", each.stream().map(Map.Entry::getKey).toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "bigint", each.stream().map(Map.Entry::getValue).toArray()));
            statement.setObject(3, back == null ? null : seconds(back), Types.DOUBLE);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        });
    }

    /**
     * Takes some that are due.
     *
     * @param hold after which somebody else takes them, unless they are settled or put off by then
     */
    public List<Unsettled> take(int most, Duration hold) throws StoreUnavailable {
        return call(TAKE, statement -> {
            statement.setInt(1, most);
            statement.setDouble(2, seconds(hold));
            List<Unsettled> taken = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    taken.add(unsettled(row));
                }
            }
            return taken;
        });
    }

    private static Unsettled unsettled(ResultSet row) throws SQLException {
        return new Unsettled(
                row.getString("tenant"),
                row.getObject("kh", UUID.class),
                row.getObject("attempt", UUID.class),
                row.getLong("fence"),
                row.getString("route"),
                row.getString("correlation"),
                row.getInt("asked"),
                row.getTimestamp("since").toInstant(),
                row.getTimestamp("at").toInstant());
    }

    /**
     * It has run: retries get 409 {@code replay-unavailable} with this status and place.
     *
     * @param status 100 to 599
     * @param location of what it made, or empty
     * @return false when the claim is not this attempt's any more, or its outcome is known; nothing is changed then
     */
    public boolean applied(Unsettled one, int status, String location, String cause) throws StoreUnavailable {
        return settle(one, status, location, cause, null);
    }

    /**
     * It has not run, and the next attempt will.
     *
     * @param before nobody may have waited for it after that
     * @return as {@link #applied}; also false when somebody waited longer
     */
    public boolean notApplied(Unsettled one, Instant before, String cause) throws StoreUnavailable {
        return settle(one, null, "", cause, before);
    }

    private boolean settle(
            Unsettled one, @Nullable Integer status, String location, String cause, @Nullable Instant before)
            throws StoreUnavailable {
        return call(SETTLE, statement -> {
            bind(statement, 1, one);
            statement.setObject(5, status, Types.INTEGER);
            statement.setString(6, location.isEmpty() ? null : location);
            statement.setString(7, cause);
            statement.setTimestamp(8, before == null ? null : Timestamp.from(before));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        });
    }

    /** It is due again after a while; {@code inVain} when the answer was none that helps. */
    public void putOff(Unsettled one, Duration delay, boolean inVain) throws StoreUnavailable {
        call(PUT_OFF, statement -> {
            statement.setDouble(1, seconds(delay));
            statement.setInt(2, inVain ? 1 : 0);
            bind(statement, 3, one);
            return statement.executeUpdate();
        });
    }

    /** Nobody asks any more: an operator may find out. */
    public void leave(Unsettled one) throws StoreUnavailable {
        change(LEAVE, one);
    }

    /** Its module cannot be asked any more. */
    public void forget(Unsettled one) throws StoreUnavailable {
        change(FORGET, one);
    }

    private void change(String sql, Unsettled one) throws StoreUnavailable {
        call(sql, statement -> {
            bind(statement, 1, one);
            return statement.executeUpdate();
        });
    }

    private static void bind(PreparedStatement statement, int first, Unsettled one) throws SQLException {
        statement.setString(first, one.tenant());
        statement.setObject(first + 1, one.head());
        statement.setObject(first + 2, one.attempt());
        statement.setLong(first + 3, one.fence());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
    }
}
