package io.gatewright.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code registry.sync}: what was synced when, by any replica. Thread-safe. Every method throws
 * {@link RegistryException} when the database cannot be used.
 *
 * <p>A row tells what happened; nothing depends on it. So it is written without waiting for the disk: the last rows may be
 * lost when the database server crashes.
 */
public final class SyncTable {
    /** Rows kept of each trigger, so that many of one kind do not drive out those of another. */
    public static final int KEPT = 2_000;

    private static final String NEXT_ID = "SELECT nextval('registry.sync_id')";

    private static final String COLUMNS = """
        s.id, s.replica, s.trigger, s.dry_run, s.revision, s.started_at, s.ended_at, s.outcome, s.changed, s.drift,
        s.report, r.at""";

    private static final String INSERT = """
        INSERT INTO registry.sync
            (id, replica, trigger, dry_run, revision, started_at, ended_at, outcome, changed, drift, report)
        VALUES (coalesce(nullif(?, 0), nextval('registry.sync_id')), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb)
        RETURNING id, (SELECT at FROM registry.revision WHERE number = sync.revision)
        """;

    private static final String TRIM = """
        DELETE FROM registry.sync WHERE trigger = ? AND id <=
            (SELECT id FROM registry.sync WHERE trigger = ? ORDER BY id DESC OFFSET ? LIMIT 1)
        """;

    private static final String PAGE = "SELECT " + COLUMNS + """

        FROM registry.sync s LEFT JOIN registry.revision r ON r.number = s.revision
        WHERE s.id < ? ORDER BY s.id DESC LIMIT ?
        """;

    private static final String PAGE_OF_TRIGGER = "SELECT " + COLUMNS + """

        FROM registry.sync s LEFT JOIN registry.revision r ON r.number = s.revision
        WHERE s.id < ? AND s.trigger = ? ORDER BY s.id DESC LIMIT ?
        """;

    private final DataSource dataSource;

    public SyncTable(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** An id for a sync that runs; nobody else gets it. */
    public long nextId() {
        return run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(NEXT_ID);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    /** Writes a row, with an id of its own if it has none, and returns it as it is kept. */
    public SyncRow write(SyncRow row) {
        return run(connection -> {
            connection.setAutoCommit(false);
            try {
                SyncRow written = insert(connection, row);
                connection.commit();
                return written;
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /** Removes all but the newest {@link #KEPT} rows of a trigger. */
    public void trim(String trigger) {
        trim(trigger, KEPT);
    }

    int trim(String trigger, int kept) {
        return run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(TRIM)) {
                statement.setString(1, trigger);
                statement.setString(2, trigger);
                statement.setInt(3, kept);
                return statement.executeUpdate();
            }
        });
    }

    /**
     * The newest rows below an id ({@link Long#MAX_VALUE} for the newest of all), newest first.
     *
     * @param trigger only those; null for all
     */
    public List<SyncRow> before(long id, int limit, @Nullable String trigger) {
        return run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(trigger == null ? PAGE : PAGE_OF_TRIGGER)) {
                int parameter = 1;
                statement.setLong(parameter++, id);
                if (trigger != null) {
                    statement.setString(parameter++, trigger);
                }
                statement.setInt(parameter, limit);
                try (ResultSet rows = statement.executeQuery()) {
                    List<SyncRow> page = new ArrayList<>();
                    while (rows.next()) {
                        page.add(row(rows));
                    }
                    return page;
                }
            }
        });
    }

    public Optional<SyncRow> find(long id) {
        return id == Long.MAX_VALUE
                ? Optional.empty()
                : before(id + 1, 1, null).stream().filter(row -> row.id() == id).findFirst();
    }

    private static SyncRow insert(Connection connection, SyncRow row) throws SQLException {
        try (PreparedStatement lax = connection.prepareStatement("SET LOCAL synchronous_commit = off")) {
            lax.execute();
        }
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setLong(1, row.id());
            statement.setString(2, row.replica());
            statement.setString(3, row.trigger());
            statement.setBoolean(4, row.dryRun());
            statement.setLong(5, row.revision());
            Columns.setTime(statement, 6, row.startedAt());
            Columns.setTime(statement, 7, row.endedAt());
            statement.setString(8, row.outcome());
            statement.setInt(9, row.changed());
            statement.setInt(10, row.drift());
            statement.setString(11, row.report().toString());
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return row(row, rows.getLong(1), Columns.optionalTime(rows, 2));
            }
        }
    }

    private static SyncRow row(SyncRow row, long id, @Nullable Instant committedAt) {
        return new SyncRow(
                id,
                row.replica(),
                row.trigger(),
                row.dryRun(),
                row.revision(),
                row.startedAt(),
                row.endedAt(),
                row.outcome(),
                row.changed(),
                row.drift(),
                row.report(),
                committedAt);
    }

    private static SyncRow row(ResultSet rows) throws SQLException {
        return new SyncRow(
                rows.getLong(1),
                rows.getString(2),
                rows.getString(3),
                rows.getBoolean(4),
                rows.getLong(5),
                Columns.time(rows, 6),
                Columns.time(rows, 7),
                rows.getString(8),
                rows.getInt(9),
                rows.getInt(10),
                (ObjectNode) Json.stored(rows.getString(11)),
                Columns.optionalTime(rows, 12));
    }

    private <T> T run(Statements<T> statements) {
        try (Connection connection = dataSource.getConnection()) {
            return statements.of(connection);
        } catch (SQLException e) {
            throw RegistryException.of("Reading or writing the syncs", e);
        }
    }

    private interface Statements<T> {
        T of(Connection connection) throws SQLException;
    }
}
