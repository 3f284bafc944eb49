package io.gatewright.guard.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The SQL of the ledger, the table {@code idempotency.resource}. Stateless. */
final class ResourceTable {
    private static final short DELETED = 3;

    private static final String LEASE = """
            SELECT result, rh, fence, known, tag, extract(epoch FROM wait) AS wait
            FROM idempotency.lease(?, ?, ?, ?, make_interval(secs => ?), make_interval(secs => ?), ?, ?)""";
    private static final String END = "SELECT idempotency.end_write(?, ?, ?, ?, ?)";
    private static final String ABANDON = """
            SELECT count(idempotency.end_write(r.tenant, r.rh, r.fence, 'KEPT', NULL)) > 0 FROM idempotency.resource r
            WHERE r.tenant = ? AND r.rh = ANY (?) AND r.attempt = ?""";
    private static final String LOOK = """
            SELECT rh, fence, known, tag, attempt IS NOT NULL AS quarantined FROM idempotency.resource
            WHERE tenant = ? AND rh = ANY (?) AND (attempt IS NULL OR lease_until + bound <= clock_timestamp())
            ORDER BY array_position(?, rh) LIMIT 1""";
    private static final String OBSERVE = "SELECT idempotency.observe(?, ?, ?, ?)";

    private ResourceTable() {}

    static Leasing lease(Connection connection, WriteWish wish) throws SQLException {
        String tenant = wish.resource().getFirst().tenant();
        try (PreparedStatement statement = connection.prepareStatement(LEASE)) {
            statement.setString(1, tenant);
            statement.setArray(2, uuids(connection, wish.resource(), IdempotencyStore::head));
            statement.setArray(3, uuids(connection, wish.resource(), IdempotencyStore::tail));
            statement.setObject(4, wish.attempt());
            statement.setDouble(5, wish.lease().toMillis() / 1_000.0);
            statement.setDouble(6, wish.bound().toMillis() / 1_000.0);
            statement.setArray(7, texts(connection, wish.match()));
            statement.setArray(8, texts(connection, wish.noneMatch()));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return switch (row.getString("result")) {
                    case "LEASED" ->
                        new Leasing.Leased(
                                tenant,
                                row.getObject("rh", UUID.class),
                                row.getLong("fence"),
                                row.getShort("known") > 0);
                    case "BUSY" -> new Leasing.Busy(wait(row));
                    case "QUARANTINED" -> new Leasing.Quarantined(wait(row));
                    case "FAILED" -> new Leasing.Failed(text(row, "tag"));
                    default -> throw new SQLException("idempotency.lease gave an unknown result", "XX000");
                };
            }
        }
    }

    static boolean end(Connection connection, Leasing.Leased lease, Leasing.End end, @Nullable String tag)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(END)) {
            statement.setString(1, lease.tenant());
            statement.setObject(2, lease.resource());
            statement.setLong(3, lease.fence());
            statement.setString(4, end.name());
            statement.setString(5, tag);
            return truth(statement);
        }
    }

    static boolean abandon(Connection connection, WriteWish wish) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ABANDON)) {
            statement.setString(1, wish.resource().getFirst().tenant());
            statement.setArray(2, uuids(connection, wish.resource(), IdempotencyStore::head));
            statement.setObject(3, wish.attempt());
            return truth(statement);
        }
    }

    static Optional<Sight> look(Connection connection, List<ScopedKey> resource) throws SQLException {
        String tenant = resource.getFirst().tenant();
        try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
            Array heads = uuids(connection, resource, IdempotencyStore::head);
            statement.setString(1, tenant);
            statement.setArray(2, heads);
            statement.setArray(3, heads);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Sight(
                                tenant,
                                row.getObject("rh", UUID.class),
                                row.getLong("fence"),
                                row.getBoolean("quarantined"),
                                row.getShort("known") == DELETED,
                                text(row, "tag")))
                        : Optional.empty();
            }
        }
    }

    static boolean observe(Connection connection, Sight sight, @Nullable String tag) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OBSERVE)) {
            statement.setString(1, sight.tenant());
            statement.setObject(2, sight.resource());
            statement.setLong(3, sight.fence());
            statement.setString(4, tag);
            return truth(statement);
        }
    }

    private static Array uuids(Connection connection, List<ScopedKey> keys, Function<ScopedKey, UUID> half)
            throws SQLException {
        return connection.createArrayOf("uuid", keys.stream().map(half).toArray());
    }

    private static @Nullable Array texts(Connection connection, @Nullable List<String> texts) throws SQLException {
        return texts == null ? null : connection.createArrayOf("text", texts.toArray());
    }

    private static String text(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNullElse(row.getString(column), "");
    }

    private static Duration wait(ResultSet row) throws SQLException {
        return Duration.ofMillis(Math.round(row.getDouble("wait") * 1_000));
    }

    private static boolean truth(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
