package io.gatewright.registry;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * The table {@code registry.key_fetch}: which replica asks which issuer for its signing keys, and what came of it. Thread-safe.
 * Every method throws {@link RegistryException} when the database cannot be used.
 *
 * <p>A replica that wants to ask an issuer claims it, by writing when it does so. Of any number of replicas that want the same
 * at the same time one succeeds, so each issuer is asked by one of them, and nobody has to be the leader.
 */
public final class KeyFetchTable {
    private static final int LONGEST_FAILURE = 500;

    /* Asked less than the interval ago is no reason to ask again, unless the issuer document is newer, the last time failed,
     * or its replica never came back. A tenth of the interval is left to chance, so that issuers spread over it. */
    private static final String CLAIM = """
        INSERT INTO registry.key_fetch AS f (issuer, version, asked_at, asked_by)
        SELECT issuer, version, clock_timestamp(), ? FROM unnest(?::text[], ?::bigint[]) AS wanted (issuer, version)
        ON CONFLICT (issuer) DO UPDATE
            SET asked_at = excluded.asked_at, asked_by = excluded.asked_by, version = greatest(f.version, excluded.version)
            WHERE f.version < excluded.version
               OR f.asked_at <= excluded.asked_at - ?::bigint * (0.9 + 0.1 * random()) * interval '1 millisecond'
               OR ((f.failure IS NOT NULL OR f.ended_at IS NULL OR f.ended_at < f.asked_at)
                   AND f.asked_at <= excluded.asked_at - ?::bigint * interval '1 millisecond')
        RETURNING issuer
        """;

    private static final String SUCCEED = """
        UPDATE registry.key_fetch SET ended_at = clock_timestamp(), succeeded_at = clock_timestamp(),
            failing_since = NULL, failure = NULL
        WHERE issuer = ? AND asked_by = ?
        """;

    private static final String FAIL = """
        UPDATE registry.key_fetch SET ended_at = clock_timestamp(),
            failing_since = coalesce(failing_since, clock_timestamp()), failure = ?
        WHERE issuer = ? AND asked_by = ?
        """;

    private static final String FORGET = "DELETE FROM registry.key_fetch WHERE issuer <> ALL (?::text[])";

    private static final String ALL = """
        SELECT issuer, asked_at, asked_by, ended_at, succeeded_at, failing_since, failure
        FROM registry.key_fetch ORDER BY issuer
        """;

    private final DataSource dataSource;
    private final String replica;

    /** @param replica the name of this process; its rows are told from others' by it */
    public KeyFetchTable(DataSource dataSource, String replica) {
        this.dataSource = dataSource;
        this.replica = replica;
    }

    /**
     * Claims issuers.
     *
     * @param issuers by id: the version of its document
     * @param interval not those that were asked more recently
     * @param retry the same for those whose last time failed
     * @return whom this replica, and no other, shall ask now
     */
    public Set<String> claim(Map<String, Long> issuers, Duration interval, Duration retry) {
        if (issuers.isEmpty()) {
            return Set.of();
        }
        SortedMap<String, Long> sorted = new TreeMap<>(issuers); // rows are locked in one order everywhere
        return run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(CLAIM)) {
                statement.setString(1, replica);
                Columns.setTexts(statement, 2, List.copyOf(sorted.keySet()), id -> id);
                Columns.setTexts(statement, 3, List.copyOf(sorted.values()), String::valueOf);
                statement.setLong(4, interval.toMillis());
                statement.setLong(5, retry.toMillis());
                try (ResultSet rows = statement.executeQuery()) {
                    Set<String> claimed = new HashSet<>();
                    while (rows.next()) {
                        claimed.add(rows.getString(1));
                    }
                    return claimed;
                }
            }
        });
    }

    /** An issuer that this replica claimed has answered. */
    public void succeeded(String issuer) {
        run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(SUCCEED)) {
                statement.setString(1, issuer);
                statement.setString(2, replica);
                return statement.executeUpdate();
            }
        });
    }

    /** An issuer that this replica claimed has not answered, or not as it should. */
    public void failed(String issuer, String failure) {
        String cut = failure.substring(0, Math.min(failure.length(), LONGEST_FAILURE));
        String text = StorableText.is(cut) && !cut.isBlank() ? cut : "it failed with a text that cannot be kept";
        run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(FAIL)) {
                statement.setString(1, text);
                statement.setString(2, issuer);
                statement.setString(3, replica);
                return statement.executeUpdate();
            }
        });
    }

    /** Forgets all but these issuers. */
    public void keepOnly(Set<String> issuers) {
        run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
                Columns.setTexts(statement, 1, List.copyOf(issuers), id -> id);
                return statement.executeUpdate();
            }
        });
    }

    /** All issuers that were ever asked, by id. */
    public List<KeyFetch> all() {
        return run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(ALL);
                    ResultSet rows = statement.executeQuery()) {
                List<KeyFetch> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(new KeyFetch(
                            rows.getString(1),
                            Columns.time(rows, 2),
                            rows.getString(3),
                            Columns.optionalTime(rows, 4),
                            Columns.optionalTime(rows, 5),
                            Columns.optionalTime(rows, 6),
                            rows.getString(7)));
                }
                return all;
            }
        });
    }

    private <T> T run(Statements<T> statements) {
        try (Connection connection = dataSource.getConnection()) {
            return statements.of(connection);
        } catch (SQLException e) {
            throw RegistryException.of("Reading or writing who asks issuers", e);
        }
    }

    private interface Statements<T> {
        T of(Connection connection) throws SQLException;
    }
}
