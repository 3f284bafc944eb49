package io.gatewright.events;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writing to {@code events.log}. Reading is {@link LogReader}'s. */
final class LogTable {
    /** One row, or SQLState 23505. */
    static final String INSERT_NEW = """
        INSERT INTO events.log (part, topic, type, source, id, tenant, org, key, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String INSERT = INSERT_NEW + " ON CONFLICT DO NOTHING RETURNING seq, xid";

    private static final String INSERT_ALL = """
        INSERT INTO events.log (part, topic, type, source, id, tenant, org, key, body)
        SELECT part, topic, type, source, id, tenant, org, key, body
        FROM unnest(?::smallint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
            WITH ORDINALITY AS e (part, topic, type, source, id, tenant, org, key, body, nth)
        ORDER BY nth ON CONFLICT DO NOTHING RETURNING seq, xid""";

    private static final String KEPT =
            "SELECT seq, xid, part, body FROM events.log WHERE source = ? AND id = ? ORDER BY seq DESC LIMIT 1";

    private LogTable() {}

    /** A row that an earlier append has written. */
    record Kept(Token token, String body) {}

    /** Empty when another row of today has the same source and id. */
    static Optional<Token> insert(Connection connection, CloudEvent event) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            int partition = event.partition();
            bind(statement, 1, event, partition);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(token(row, partition)) : Optional.empty();
            }
        }
    }

    /** Binds {@link #INSERT_NEW} from a parameter on and returns the next parameter. */
    static int bind(PreparedStatement statement, int first, CloudEvent event) throws SQLException {
        return bind(statement, first, event, event.partition());
    }

    private static int bind(PreparedStatement statement, int first, CloudEvent event, int partition)
            throws SQLException {
        statement.setShort(first, (short) partition);
        statement.setString(first + 1, event.topic());
        statement.setString(first + 2, event.type());
        statement.setString(first + 3, event.source());
        statement.setString(first + 4, event.id());
        statement.setString(first + 5, event.tenant());
        statement.setString(first + 6, event.org());
        statement.setString(first + 7, event.key());
        statement.setString(first + 8, event.text());
        return first + 9;
    }

    /** One token for each event that was written, in order; fewer than events when some were there already. */
    static List<Token> insertAll(Connection connection, List<CloudEvent> events) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT_ALL)) {
            statement.setArray(1, array(connection, "smallint", events, event -> (short) event.partition()));
            statement.setArray(2, array(connection, "text", events, CloudEvent::topic));
            statement.setArray(3, array(connection, "text", events, CloudEvent::type));
            statement.setArray(4, array(connection, "text", events, CloudEvent::source));
            statement.setArray(5, array(connection, "text", events, CloudEvent::id));
            statement.setArray(6, array(connection, "text", events, CloudEvent::tenant));
            statement.setArray(7, array(connection, "text", events, CloudEvent::org));
            statement.setArray(8, array(connection, "text", events, CloudEvent::key));
            statement.setArray(9, array(connection, "text", events, CloudEvent::text));
            List<Token> tokens = new ArrayList<>(events.size());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    int nth = Math.min(tokens.size(), events.size() - 1);
                    tokens.add(token(row, events.get(nth).partition()));
                }
            }
            return tokens;
        }
    }

    static Optional<Kept> kept(Connection connection, CloudEvent event) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(KEPT)) {
            statement.setString(1, event.source());
            statement.setString(2, event.id());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Kept(token(row, row.getInt(3)), row.getString(4)))
                        : Optional.empty();
            }
        }
    }

    private static Token token(ResultSet row, int partition) throws SQLException {
        return new Token(Long.parseLong(row.getString(2)), row.getLong(1), partition);
    }

    private static Array array(
            Connection connection, String type, List<CloudEvent> events, Function<CloudEvent, @Nullable Object> value)
            throws SQLException {
        return connection.createArrayOf(type, events.stream().map(value).toArray());
    }
}
