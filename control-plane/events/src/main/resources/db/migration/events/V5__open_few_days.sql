-- Reads open the days they need, however many there are; ticks have fewer to look at.

-- The bounds are variables, by which the planner leaves out days before it opens them.
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
                AND a.seq BETWEEN t.first_seq AND t.last_seq AND a.created BETWEEN t.oldest AND t.newest
            UNION ALL
            SELECT b.seq, b.part, b.topic, b.tenant, b.key, b.body FROM events.log b
            WHERE t.seqs IS NULL AND b.xid = ANY (ARRAY (SELECT pg_snapshot_xip(t.prev)))
                AND pg_visible_in_snapshot(b.xid, t.snap) AND b.created BETWEEN earliest AND latest
                AND b.seq BETWEEN t.first_seq AND t.last_seq AND b.created BETWEEN t.oldest AND t.newest
            UNION ALL
            SELECT c.seq, c.part, c.topic, c.tenant, c.key, c.body FROM events.log c
            WHERE c.seq = ANY (t.seqs) AND c.created BETWEEN earliest AND latest
                AND c.created BETWEEN t.oldest AND t.newest
        ) l
        WHERE t.base >= first_base AND t.base < $1 + $2 AND (t.n <= $3 OR t.seqs IS NOT NULL)
    ) n
    WHERE n."offset" >= $1 AND n."offset" < $1 + $2
    ORDER BY n."offset";
END
$$;

-- Each day that is there costs every tick a look: five ahead are enough.
DO $$
DECLARE
    name text;
    used boolean;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'events.log'::regclass AND c.relname ~ '^log_[0-9]{8}$'
            AND c.relname > 'log_' || to_char(clock_timestamp() AT TIME ZONE 'UTC' + interval '5 days', 'YYYYMMDD')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM events.%I)', name) INTO used;
        IF NOT used THEN
            EXECUTE format('DROP TABLE events.%I', name);
        END IF;
    END LOOP;
END
$$;
