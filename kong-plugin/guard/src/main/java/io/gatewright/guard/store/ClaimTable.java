package io.gatewright.guard.store;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.IdempotencyStore.Options;
import java.security.GeneralSecurityException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SQL of the schema {@code idempotency}. Stateless. */
final class ClaimTable {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimTable.class);

    private static final String RESULT = """
            result, fence, status, at, correlation, location, digest, attempt, sealed, fields, body,
                extract(epoch FROM lease_left) AS lease_left, extract(epoch FROM age) AS age,
                extract(epoch FROM expires_in) AS expires_in""";
    private static final String WISH = "?, ?, ?, ?, make_interval(secs => ?), make_interval(secs => ?), ?, ?, ?)";
    private static final String ACQUIRE =
            "SELECT NULL::uuid AS picked, " + RESULT + " FROM idempotency.acquire(?, ?, ?, " + WISH;
    private static final String ACQUIRE_OF_SEVERAL = "SELECT p.kh AS picked, " + RESULT
            + " FROM idempotency.pick(?, ?, ?) p, LATERAL idempotency.acquire(p.tenant, p.kh, p.kh_tail, " + WISH;
    private static final String COMPLETE = "SELECT idempotency.complete(?, ?, ?, ?, ?::smallint, ?, ?, ?, ?, ?, ?, ?)";
    private static final String RELEASE = "SELECT idempotency.release(?, ?, ?, ?)";
    private static final String GIVE_UP = "SELECT idempotency.give_up(?, ?, ?, ?, ?, ?)";
    private static final String WITHDRAW = "SELECT idempotency.withdraw(?, ?, ?, ?, ?, ?, ?, make_interval(secs => ?))";
    private static final String SETTLE = "SELECT idempotency.settle(?, ?, ?, ?::smallint, ?, ?)";
    private static final String UNFIT = "SELECT idempotency.unfit()";
    private static final String FIND = """
            SELECT CASE
                    WHEN state = 1 AND lease_until > clock_timestamp() THEN 'IN_PROGRESS'
                    WHEN state IN (1, 4) THEN 'UNKNOWN'
                    WHEN state = 3 THEN 'RELEASED'
                    WHEN expires <= clock_timestamp() THEN 'EXPIRED'
                    ELSE 'DONE'
                END AS state, coalesce(status, 0) AS status, created, coalesce(ended, least(lease_until, clock_timestamp())) AS since,
                expires, route, correlation, cause
            FROM idempotency.claim WHERE tenant = ? AND kh = ? AND kh_tail = ?""";

    private ClaimTable() {}

    static Acquisition acquire(Connection connection, Attempt attempt, Options options) throws SQLException {
        boolean alone = attempt.former().isEmpty();
        try (PreparedStatement statement = connection.prepareStatement(alone ? ACQUIRE : ACQUIRE_OF_SEVERAL)) {
            statement.setString(1, attempt.key().tenant());
            if (alone) {
                statement.setObject(2, IdempotencyStore.head(attempt.key()));
                statement.setObject(3, IdempotencyStore.tail(attempt.key()));
            } else {
                statement.setArray(2, array(connection, attempt, IdempotencyStore::head));
                statement.setArray(3, array(connection, attempt, IdempotencyStore::tail));
            }
            statement.setBytes(4, attempt.fingerprint().bytes());
            statement.setObject(5, attempt.id());
            statement.setString(6, attempt.route());
            statement.setString(7, attempt.correlationId());
            statement.setDouble(8, seconds(attempt.lease()));
            statement.setDouble(9, seconds(attempt.ttl()));
            statement.setBoolean(10, attempt.takeover());
            Instant minted = attempt.mintedAt();
            statement.setTimestamp(11, minted == null ? null : Timestamp.from(minted));
            statement.setLong(12, options.quota());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return acquisition(row, attempt, options);
            }
        }
    }

    private static Array array(Connection connection, Attempt attempt, Function<ScopedKey, UUID> half)
            throws SQLException {
        return connection.createArrayOf(
                "uuid", attempt.keys().stream().map(half).toArray());
    }

    private static Acquisition acquisition(ResultSet row, Attempt attempt, Options options) throws SQLException {
        UUID picked = row.getObject("picked", UUID.class);
        ScopedKey key = attempt.keys().stream()
                .filter(one -> IdempotencyStore.head(one).equals(picked))
                .findFirst()
                .orElse(attempt.key());
        return switch (row.getString("result")) {
            case "ACQUIRED" ->
                new Acquisition.Acquired(
                        new Claim(key, attempt.id(), row.getLong("fence"), duration(row, "expires_in")));
            case "DONE" ->
                new Acquisition.Done(
                        answer(row, key, options),
                        instant(row, "at"),
                        duration(row, "age"),
                        duration(row, "expires_in"),
                        row.getString("correlation"));
            case "IN_PROGRESS" -> new Acquisition.InProgress(duration(row, "lease_left"));
            case "UNKNOWN" -> new Acquisition.OutcomeUnknown(instant(row, "at"), row.getString("correlation"));
            case "MISMATCH" -> new Acquisition.Mismatch();
            case "EXPIRED" ->
                new Acquisition.Expired(
                        row.getInt("status"), Objects.requireNonNullElse(row.getString("location"), ""));
            case "FUTURE" -> new Acquisition.FromTheFuture();
            case "WITHDRAWN" -> throw new SQLException("the attempt was withdrawn before it arrived", "25000");
            case "QUOTA" -> new Acquisition.QuotaExceeded(Duration.ofMinutes(1));
            default -> throw new SQLException("idempotency.acquire gave an unknown result", "XX000");
        };
    }

    private static StoredAnswer answer(ResultSet row, ScopedKey key, Options options) throws SQLException {
        int status = row.getInt("status");
        @Nullable Octets digest = octets(row, "digest");
        Octets fields = octets(row, "fields");
        Octets body = octets(row, "body");
        if (fields != null && body != null && row.getBoolean("sealed")) {
            Claim claim = new Claim(key, row.getObject("attempt", UUID.class), row.getLong("fence"), Duration.ZERO);
            try {
                Seal seal = options.seal();
                if (seal == null) {
                    throw new GeneralSecurityException("no secret is configured");
                }
                fields = seal.open(claim, fields);
                body = seal.open(claim, body);
            } catch (GeneralSecurityException e) {
                LOG.error("event=idempotency_answer_unreadable key={} problem=\"{}\"", key, e.getMessage());
                body = null;
            }
        }
        if (fields == null || body == null) {
            String location = row.getString("location");
            return new StoredAnswer(
                    status, location == null ? Fields.none() : Fields.of("location", location), null, digest);
        }
        return new StoredAnswer(status, FieldLines.read(fields), body, digest);
    }

    static boolean complete(
            Connection connection, Claim claim, StoredAnswer answer, @Nullable String event, Options options)
            throws SQLException {
        Octets fields = FieldLines.write(answer.fields());
        Octets body = answer.body();
        Seal seal = options.seal();
        if (seal != null && body != null) {
            fields = seal.seal(claim, fields);
            body = seal.seal(claim, body);
        }
        try (PreparedStatement statement = connection.prepareStatement(COMPLETE)) {
            bind(statement, claim);
            statement.setInt(5, answer.status());
            statement.setString(6, IdempotencyStore.location(answer.fields()));
            statement.setBytes(
                    7, seal == null ? bytes(answer.digest()) : null); // it would tell short bodies to who guesses
            statement.setBoolean(8, seal != null);
            statement.setBytes(9, bytes(fields));
            statement.setBytes(10, bytes(body));
            statement.setString(11, event);
            statement.setBoolean(12, options.relaxed());
            return truth(statement);
        }
    }

    static boolean withdraw(Connection connection, Attempt attempt, ScopedKey key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(WITHDRAW)) {
            statement.setString(1, key.tenant());
            statement.setObject(2, IdempotencyStore.head(key));
            statement.setObject(3, IdempotencyStore.tail(key));
            statement.setBytes(4, attempt.fingerprint().bytes());
            statement.setObject(5, attempt.id());
            statement.setString(6, attempt.route());
            statement.setString(7, attempt.correlationId());
            statement.setDouble(8, seconds(attempt.ttl()));
            return truth(statement);
        }
    }

    static boolean release(Connection connection, Claim claim) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RELEASE)) {
            bind(statement, claim);
            return truth(statement);
        }
    }

    static boolean giveUp(Connection connection, Claim claim, String cause, @Nullable String event)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(GIVE_UP)) {
            bind(statement, claim);
            statement.setString(5, cause);
            statement.setString(6, event);
            return truth(statement);
        }
    }

    static Optional<KeyState> find(Connection connection, ScopedKey key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setString(1, key.tenant());
            statement.setObject(2, IdempotencyStore.head(key));
            statement.setObject(3, IdempotencyStore.tail(key));
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new KeyState(
                                KeyState.State.valueOf(row.getString("state")),
                                row.getInt("status"),
                                instant(row, "created"),
                                instant(row, "since"),
                                instant(row, "expires"),
                                row.getString("route"),
                                row.getString("correlation"),
                                row.getString("cause")))
                        : Optional.empty();
            }
        }
    }

    static boolean settle(Connection connection, ScopedKey key, int status, String location, String cause)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SETTLE)) {
            statement.setString(1, key.tenant());
            statement.setObject(2, IdempotencyStore.head(key));
            statement.setObject(3, IdempotencyStore.tail(key));
            statement.setObject(4, status == 0 ? null : status, Types.INTEGER);
            statement.setString(5, location.isEmpty() ? null : location);
            statement.setString(6, cause);
            return truth(statement);
        }
    }

    static Optional<String> unfit(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UNFIT);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return Optional.ofNullable(row.getString(1));
        }
    }

    private static void bind(PreparedStatement statement, Claim claim) throws SQLException {
        statement.setString(1, claim.key().tenant());
        statement.setObject(2, IdempotencyStore.head(claim.key()));
        statement.setObject(3, claim.attempt());
        statement.setLong(4, claim.fence());
    }

    private static boolean truth(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static byte @Nullable [] bytes(@Nullable Octets octets) {
        return octets == null ? null : octets.bytes();
    }

    private static @Nullable Octets octets(ResultSet row, String column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? null : Octets.of(bytes);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
    }

    private static Duration duration(ResultSet row, String column) throws SQLException {
        return Duration.ofMillis(Math.round(row.getDouble(column) * 1_000));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column).toInstant();
    }
}
