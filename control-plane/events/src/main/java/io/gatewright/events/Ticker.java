package io.gatewright.events;

import io.gatewright.events.EpochTable.Epoch;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

/**
 * Takes ticks: {@code events.tick}. One thread at a time; two of them on one database hinder each other without harm, the
 * second of two ticks with one number is refused.
 *
 * <p>The connection is in auto-commit and REPEATABLE READ: the one statement is one transaction with one snapshot.
 */
final class Ticker {
    /*
     * Rows are numbered by nextval at the insert and become visible at the commit, so neither their order nor the order of
     * transaction numbers is one that a cursor can follow. What became visible between two snapshots is: if A committed
     * before B was inserted, every snapshot that sees B sees A, so A is in the same tick or an earlier one, and in the same
     * one its seq is smaller. The idea is that of PgQ (Skytools).
     */
    private static final String GIVEN = """
        WITH given AS (
            SELECT ?::bigint AS id, ?::integer AS epoch, ?::pg_snapshot AS prev, ?::bigint AS base, ?::bigint AS floor,
                ?::bigint[] AS totals, ?::text[] AS inline, ?::bytea AS hash
        ), fresh AS MATERIALIZED (
            SELECT seq, part, topic, created, substr(sha256(convert_to(body, 'UTF8')), 1, 16) AS digest,
                CASE WHEN topic = ANY ((SELECT inline FROM given)::text[]) AND octet_length(body) < 6500 THEN body END AS body
            FROM events.log
        """;

    private static final String VISIBLE_SINCE = """
            WHERE xid >= (SELECT pg_snapshot_xmax(prev) FROM given) AND xid < pg_snapshot_xmax(pg_current_snapshot())
                AND seq > (SELECT floor FROM given)
            UNION ALL
            SELECT seq, part, topic, created, substr(sha256(convert_to(body, 'UTF8')), 1, 16) AS digest,
                CASE WHEN topic = ANY ((SELECT inline FROM given)::text[]) AND octet_length(body) < 6500 THEN body END
            FROM events.log
            WHERE xid = ANY (ARRAY (SELECT pg_snapshot_xip(prev) FROM given)) AND seq > (SELECT floor FROM given)
        """;

    private static final String LEFT_OVER = """
            WHERE seq > coalesce((SELECT max(last_seq) FROM events.tick), 0)
                OR seq > (SELECT floor FROM given) AND (xid >= (SELECT pg_snapshot_xmax(prev) FROM given)
                    OR xid = ANY (ARRAY (SELECT pg_snapshot_xip(prev) FROM given)))
        """;

    private static final String INSERT = """
        ), by_part AS (
            SELECT part, count(*)::integer AS n FROM fresh GROUP BY part
        ), made AS (
            INSERT INTO events.tick (id, epoch, prev, snap, seqs, base, n, parts, part_n, part_base, first_seq, last_seq,
                oldest, newest, digests, hash, totals)
            SELECT g.id, g.epoch, g.prev, %s, %s, g.base, f.n, p.parts, p.ns, p.bases, f.first_seq, f.last_seq,
                f.oldest, f.newest, f.digests, sha256(g.hash || f.digests),
                CASE WHEN g.id %% 1000 = 1 THEN (
                    SELECT array_agg(w.total + coalesce(b.n, 0) ORDER BY w.nth)
                    FROM unnest(g.totals) WITH ORDINALITY AS w (total, nth) LEFT JOIN by_part b ON b.part = w.nth - 1) END
            FROM given g, (
                SELECT count(*)::integer AS n, min(seq) AS first_seq, max(seq) AS last_seq,
                    min(created) AS oldest, max(created) AS newest,
                    string_agg(digest, '' ORDER BY seq) AS digests FROM fresh
            ) f, (
                SELECT array_agg(b.part ORDER BY b.part) AS parts, array_agg(b.n ORDER BY b.part) AS ns,
                    array_agg((SELECT totals FROM given)[b.part + 1] ORDER BY b.part) AS bases
                FROM by_part b
            ) p
            WHERE f.n > 0
            RETURNING epoch, base, n, parts, part_n, snap, hash
        )
        SELECT n, parts, part_n, snap, hash""";

    private static final String HINT = """
        , pg_notify('gatewright_events', events.hint(epoch, base, n, (SELECT array_agg(DISTINCT topic) FROM fresh), NULL))""";

    private static final String HINT_WITH_EVENTS = """
        , pg_notify('gatewright_events', events.hint(epoch, base, n, (SELECT array_agg(DISTINCT topic) FROM fresh),
            CASE WHEN n <= 50 AND NOT EXISTS (
                SELECT FROM fresh WHERE body IS NULL AND topic = ANY ((SELECT inline FROM given)::text[])) THEN (
                    SELECT string_agg(format('{"offset":%s,"partition":%s,"event":%s}', base + i.nth - 1, i.part, i.body), ','
                        ORDER BY i.seq)
                    FROM (SELECT row_number() OVER (ORDER BY seq) AS nth, part, seq, body FROM fresh) i
                    WHERE i.body IS NOT NULL) END))""";

    private static final String TAKE =
            GIVEN + VISIBLE_SINCE + INSERT.formatted("pg_current_snapshot()", "NULL::bigint[]");
    private static final String TICK = TAKE + " FROM made";
    private static final String TICK_WITH_HINT = TAKE + HINT + " FROM made";
    private static final String TICK_WITH_EVENTS = TAKE + HINT_WITH_EVENTS + " FROM made";
    private static final String CLOSE = GIVEN + LEFT_OVER
            + INSERT.formatted("g.prev", "(SELECT array_agg(seq ORDER BY seq) FROM fresh)") + " FROM made";

    static final byte[] NO_HASH = new byte[32]; // before the first tick
    private static final String QUEUE_FULL = "54000";

    private static final String LAST = "SELECT id, base + n, CASE WHEN seqs IS NULL THEN epoch ELSE 0 END, snap,"
            + " events.totals_at(id), hash FROM events.tick ORDER BY id DESC LIMIT 1";

    private final Epoch epoch;
    private final TickerOptions options;
    private long id; // of the last tick
    private long base; // the offset of the next event
    private String snap;
    private byte[] hash;
    private long hintsRefused;
    private final long[] totals;

    private Ticker(Epoch epoch, TickerOptions options, long id, long base, String snap, byte[] hash, long[] totals) {
        this.epoch = epoch;
        this.options = options;
        this.id = id;
        this.base = base;
        this.snap = snap;
        this.hash = hash;
        this.totals = totals;
    }

    /** Goes on after the last tick there is. */
    static Ticker resume(Connection connection, Epoch epoch, TickerOptions options) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LAST)) {
            if (!row.next()) {
                return new Ticker(epoch, options, 0, 0, epoch.snap(), NO_HASH.clone(), new long[Partition.COUNT]);
            }
            String snap = row.getInt(3) == epoch.number() ? row.getString(4) : epoch.snap();
            return new Ticker(
                    epoch, options, row.getLong(1), row.getLong(2), snap, row.getBytes(6), longs(row.getArray(5)));
        }
    }

    static String lastSnapshot(Connection connection, Epoch epoch) throws SQLException {
        return resume(connection, epoch, TickerOptions.QUIET).snap;
    }

    /** Takes a tick and gives the number of its events; none is taken when there are none. */
    int tick(Connection connection) throws SQLException {
        try {
            return run(connection, sql(), epoch.number());
        } catch (SQLException e) {
            if (QUEUE_FULL.equals(e.getSQLState())) {
                hintsRefused++;
                return run(connection, TICK, epoch.number());
            }
            throw e;
        }
    }

    private String sql() {
        if (!options.hints()) {
            return TICK;
        }
        return options.inlineTopics().isEmpty() ? TICK_WITH_HINT : TICK_WITH_EVENTS;
    }

    /** How many ticks went without their hint because the notification queue was full. */
    long hintsRefused() {
        return hintsRefused;
    }

    /**
     * The first tick of the epoch that follows one whose transaction numbers have lost their meaning: what that one left over,
     * under the new number, since the old one may have given its offsets elsewhere. The log is locked.
     */
    int close(Connection connection, int next) throws SQLException {
        return run(connection, CLOSE, next);
    }

    Epoch epoch() {
        return epoch;
    }

    long id() {
        return id;
    }

    /** The offset that the next event gets. */
    long head() {
        return base;
    }

    private int run(Connection connection, String sql, int number) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, id + 1);
            statement.setInt(2, number);
            statement.setString(3, snap);
            statement.setLong(4, base);
            statement.setLong(5, epoch.floorSeq());
            statement.setArray(
                    6,
                    connection.createArrayOf(
                            "bigint", Arrays.stream(totals).boxed().toArray()));
            statement.setArray(
                    7, connection.createArrayOf("text", options.inlineTopics().toArray()));
            statement.setBytes(8, hash);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return 0;
                }
                advance(row);
                return row.getInt(1);
            }
        }
    }

    private void advance(ResultSet row) throws SQLException {
        long[] parts = longs(row.getArray(2));
        long[] counts = longs(row.getArray(3));
        id++;
        base += row.getInt(1);
        snap = row.getString(4);
        hash = row.getBytes(5);
        for (int i = 0; i < parts.length; i++) {
            totals[(int) parts[i]] += counts[i];
        }
    }

    private static long[] longs(Array array) throws SQLException {
        return Arrays.stream((Number[]) array.getArray())
                .mapToLong(Number::longValue)
                .toArray();
    }
}
