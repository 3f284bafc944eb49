-- Reading costs less: whole ticks come without a number on each row, and no row is looked up twice.

-- The events from an offset of the log on, in order: as many whole ticks as have at most that many events. First the ticks, as
-- rows without a partition, then the events, which whoever reads counts on from there. When the offset lies inside a tick,
-- or that tick is larger or was left over by a restore, there is the tick alone: events.slice reads it.
-- topics: whose bodies are wanted, null for all.
--
-- Events are looked up by transaction alone: "+ 0" keeps the planner from reading a tick's whole range of seq once more for
-- the few transactions that were open when it began.
CREATE FUNCTION events.page(first bigint, most integer, topics text[])
RETURNS TABLE (base bigint, id bigint, n integer, epoch integer, parts smallint[], part_base bigint[], part smallint,
    topic text, tenant text, key text, body text)
LANGUAGE plpgsql STABLE ROWS 1000
SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
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
        SELECT b.seq, b.part, b.topic, b.tenant, b.key, b.body FROM events.log b
        WHERE b.xid = ANY (ARRAY (SELECT pg_snapshot_xip(t.prev)))
            AND pg_visible_in_snapshot(b.xid, t.snap) AND b.created BETWEEN earliest AND latest
            AND b.seq + 0 BETWEEN t.first_seq AND t.last_seq
    ) l
    WHERE t.base >= $1 AND t.base < stop
    ORDER BY t.base, l.seq;
END
$$;

REVOKE ALL ON FUNCTION events.page FROM PUBLIC;
GRANT EXECUTE ON FUNCTION events.page TO gatewright_service;

-- The events of one tick after a row, in order.
CREATE OR REPLACE FUNCTION events.slice(tick bigint, after_seq bigint, most integer)
RETURNS TABLE (seq bigint, part smallint, topic text, tenant text, key text, body text)
LANGUAGE plpgsql STABLE ROWS 1000
SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    t      events.tick;
    behind integer;
BEGIN
    SELECT * INTO STRICT t FROM events.tick WHERE id = $1;
    IF t.seqs IS NOT NULL THEN
        SELECT count(*) INTO behind FROM unnest(t.seqs) AS u (seq) WHERE u.seq <= $2;
        RETURN QUERY SELECT l.seq, l.part, l.topic, l.tenant, l.key, l.body FROM events.log l
            WHERE l.seq = ANY (t.seqs[behind + 1 : behind + $3]) AND l.created BETWEEN t.oldest AND t.newest
            ORDER BY l.seq;
        RETURN;
    END IF;
    RETURN QUERY SELECT l.seq, l.part, l.topic, l.tenant, l.key, l.body FROM events.log l
        WHERE l.seq > $2 AND l.seq >= t.first_seq AND l.seq <= t.last_seq AND l.created BETWEEN t.oldest AND t.newest
            AND (l.xid >= pg_snapshot_xmax(t.prev) AND l.xid < pg_snapshot_xmax(t.snap)
                OR l.xid = ANY (ARRAY (SELECT pg_snapshot_xip(t.prev))))
            AND pg_visible_in_snapshot(l.xid, t.snap)
        ORDER BY l.seq LIMIT $3;
END
$$;

CREATE OR REPLACE FUNCTION events.numbered(first bigint, most integer, largest integer DEFAULT 2147483647)
RETURNS TABLE ("offset" bigint, epoch integer, part smallint, part_offset bigint, topic text, tenant text, key text,
    body text, seq bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
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
            SELECT b.seq, b.part, b.topic, b.tenant, b.key, b.body FROM events.log b
            WHERE t.seqs IS NULL AND b.xid = ANY (ARRAY (SELECT pg_snapshot_xip(t.prev)))
                AND pg_visible_in_snapshot(b.xid, t.snap) AND b.created BETWEEN earliest AND latest
                AND b.seq + 0 BETWEEN t.first_seq AND t.last_seq
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
