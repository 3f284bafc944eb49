-- Reading a tick does not cost more because the log has grown: a bitmap of the few rows of the transactions that were open was
-- combined with one of the times, for which the whole index of the day's rows was read.

CREATE OR REPLACE FUNCTION events.page(first bigint, most integer, topics text[])
RETURNS TABLE (base bigint, id bigint, n integer, epoch integer, parts smallint[], part_base bigint[], part smallint,
    topic text, tenant text, key text, body text)
LANGUAGE plpgsql STABLE ROWS 1000
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    begun    boolean;
    stop     bigint;
    earliest timestamptz;
    latest   timestamptz;
BEGIN
    SELECT t.base + t.n, t.base < $1 OR t.n > $2 OR t.seqs IS NOT NULL INTO stop, begun
        FROM events.tick t WHERE t.base <= $1 ORDER BY t.base DESC LIMIT 1;
    IF stop IS NULL OR stop <= $1 THEN
        RETURN;
    END IF;
    IF begun THEN
        RETURN QUERY SELECT t.base, t.id, t.n, t.epoch, t.parts, t.part_base, NULL::smallint, NULL, NULL, NULL, NULL
            FROM events.tick t WHERE t.base <= $1 ORDER BY t.base DESC LIMIT 1;
        RETURN;
    END IF;
    SELECT min(t.base) INTO stop FROM events.tick t
        WHERE t.base > $1 AND t.base < $1 + $2 AND (t.base + t.n > $1 + $2 OR t.seqs IS NOT NULL);
    stop := coalesce(stop, $1 + $2);
    RETURN QUERY SELECT t.base, t.id, t.n, t.epoch, t.parts, t.part_base, NULL::smallint, NULL, NULL, NULL, NULL
        FROM events.tick t WHERE t.base >= $1 AND t.base < stop ORDER BY t.base;
    SELECT min(t.oldest), max(t.newest) INTO earliest, latest FROM events.tick t WHERE t.base >= $1 AND t.base < stop;
    RETURN QUERY SELECT t.base, NULL::bigint, NULL::integer, NULL::integer, NULL::smallint[], NULL::bigint[],
        l.part, l.topic, l.tenant, l.key, CASE WHEN topics IS NULL OR l.topic = ANY (topics) THEN l.body END
    FROM events.tick t CROSS JOIN LATERAL (
        SELECT a.seq, a.part, a.topic, a.tenant, a.key, a.body FROM events.log a
        WHERE a.xid >= pg_snapshot_xmax(t.prev) AND a.xid < pg_snapshot_xmax(t.snap)
            AND pg_visible_in_snapshot(a.xid, t.snap) AND a.created BETWEEN earliest AND latest
            AND a.seq + 0 BETWEEN t.first_seq AND t.last_seq
        UNION ALL
        SELECT o.* FROM pg_snapshot_xip(t.prev) AS x (xid) CROSS JOIN LATERAL (
            SELECT b.seq, b.part, b.topic, b.tenant, b.key, b.body FROM events.log b
            WHERE b.xid = x.xid AND b.created BETWEEN earliest AND latest AND b.seq + 0 BETWEEN t.first_seq AND t.last_seq
            OFFSET 0
        ) o
        WHERE pg_visible_in_snapshot(x.xid, t.snap)
    ) l
    WHERE t.base >= $1 AND t.base < stop
    ORDER BY t.base, l.seq;
END
$$;

CREATE OR REPLACE FUNCTION events.numbered(first bigint, most integer, largest integer DEFAULT 2147483647)
RETURNS TABLE ("offset" bigint, epoch integer, part smallint, part_offset bigint, topic text, tenant text, key text,
    body text, seq bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    first_base bigint;
    earliest   timestamptz;
    latest     timestamptz;
BEGIN
    SELECT max(s.base) INTO first_base FROM events.tick s WHERE s.base <= $1;
    SELECT min(t.oldest), max(t.newest) INTO earliest, latest FROM events.tick t
        WHERE t.base >= first_base AND t.base < $1 + $2 AND (t.n <= $3 OR t.seqs IS NOT NULL);
    IF earliest IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT n.* FROM (
        SELECT t.base + row_number() OVER (PARTITION BY t.id ORDER BY l.seq) - 1 AS "offset", t.epoch, l.part,
            t.part_base[array_position(t.parts, l.part)]
                + row_number() OVER (PARTITION BY t.id, l.part ORDER BY l.seq) - 1 AS part_offset,
            l.topic, l.tenant, l.key, l.body, l.seq
        FROM events.tick t CROSS JOIN LATERAL (
            SELECT a.seq, a.part, a.topic, a.tenant, a.key, a.body FROM events.log a
            WHERE t.seqs IS NULL AND a.xid >= pg_snapshot_xmax(t.prev) AND a.xid < pg_snapshot_xmax(t.snap)
                AND pg_visible_in_snapshot(a.xid, t.snap) AND a.created BETWEEN earliest AND latest
                AND a.seq + 0 BETWEEN t.first_seq AND t.last_seq
            UNION ALL
            SELECT o.* FROM pg_snapshot_xip(t.prev) AS x (xid) CROSS JOIN LATERAL (
                SELECT b.seq, b.part, b.topic, b.tenant, b.key, b.body FROM events.log b
                WHERE b.xid = x.xid AND b.created BETWEEN earliest AND latest
                    AND b.seq + 0 BETWEEN t.first_seq AND t.last_seq
                OFFSET 0
            ) o
            WHERE t.seqs IS NULL AND pg_visible_in_snapshot(x.xid, t.snap)
            UNION ALL
            SELECT c.seq, c.part, c.topic, c.tenant, c.key, c.body FROM events.log c
            WHERE c.seq = ANY (t.seqs) AND c.created BETWEEN earliest AND latest
        ) l
        WHERE t.base >= first_base AND t.base < $1 + $2 AND (t.n <= $3 OR t.seqs IS NOT NULL)
    ) n
    WHERE n."offset" >= $1 AND n."offset" < $1 + $2
    ORDER BY n."offset";
END
$$;
