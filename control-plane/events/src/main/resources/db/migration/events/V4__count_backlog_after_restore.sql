-- What a restore left over is the first tick of the new epoch now, and its snapshot is of the old one.

-- How many committed events no tick has yet, and since when the oldest waits.
CREATE OR REPLACE FUNCTION events.backlog(OUT events bigint, OUT since timestamptz) LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    e events.epoch;
    s pg_snapshot;
BEGIN
    SELECT * INTO e FROM events.epoch ORDER BY number DESC LIMIT 1;
    SELECT t.snap INTO s FROM events.tick t WHERE t.epoch = e.number AND t.seqs IS NULL ORDER BY t.id DESC LIMIT 1;
    s := coalesce(s, e.snap, '3:3:');
    SELECT count(*), min(l.created) INTO backlog.events, backlog.since FROM (
        SELECT a.created FROM events.log a WHERE a.xid >= pg_snapshot_xmax(s) AND a.seq > coalesce(e.floor_seq, 0)
        UNION ALL
        SELECT b.created FROM events.log b
        WHERE b.xid = ANY (ARRAY (SELECT pg_snapshot_xip(s))) AND b.seq > coalesce(e.floor_seq, 0)
    ) l;
END
$$;
