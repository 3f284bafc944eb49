-- The event log: what was appended (log), in which order it counts (tick), and who has read how far (consumer, cursor, parked).

-- Roles belong to the whole cluster: the registry's migration or another database's may have made this one already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gatewright_service') THEN
        BEGIN
            CREATE ROLE gatewright_service NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'gatewright_service', 'USAGE') THEN
        GRANT gatewright_service TO CURRENT_USER;
    END IF;
END
$$;

-- A system identifier and timeline of Postgres: a restore or a failover opens the next epoch.
-- Its ticks go on from this snapshot and hold nothing up to this sequence number.
CREATE TABLE events.epoch (
    number    integer     PRIMARY KEY CHECK (number > 0),
    system    bigint      NOT NULL,
    timeline  integer     NOT NULL,
    snap      pg_snapshot NOT NULL,
    floor_seq bigint      NOT NULL CHECK (floor_seq >= 0),
    opened    timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION events.partition_of(tenant text, org text) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (get_byte(sha256(convert_to(tenant || coalesce('/' || org, ''), 'UTF8')), 0) & 63)::smallint;

-- Insert only. seq must not be cached: order within a tick is the order of nextval. Each day has a unique index on
-- (source, id) of its own, which a partitioned table cannot have without its partition key.
CREATE TABLE events.log (
    seq     bigint      GENERATED ALWAYS AS IDENTITY (CACHE 1),
    xid     xid8        NOT NULL DEFAULT pg_current_xact_id(),
    part    smallint    NOT NULL CHECK (part BETWEEN 0 AND 63),
    topic   text        NOT NULL,
    type    text        NOT NULL,
    source  text        NOT NULL,
    id      text        NOT NULL,
    tenant  text        NOT NULL,
    org     text,
    key     text        NOT NULL,
    body    text        NOT NULL CHECK (octet_length(body) <= 65536),
    created timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (seq, created)
) PARTITION BY RANGE (created);

CREATE INDEX log_xid ON events.log (xid);

-- A tick is, for ever, the rows between first_seq and last_seq that became visible from snapshot prev to snapshot snap,
-- ordered by seq. After a restore no snapshot tells what had not been ticked: then seqs names the rows.
CREATE TABLE events.tick (
    id        bigint      PRIMARY KEY CHECK (id > 0),
    epoch     integer     NOT NULL REFERENCES events.epoch,
    prev      pg_snapshot NOT NULL,
    snap      pg_snapshot NOT NULL,
    seqs      bigint[],
    base      bigint      NOT NULL UNIQUE CHECK (base >= 0),
    n         integer     NOT NULL CHECK (n > 0),
    parts     smallint[]  NOT NULL,
    part_n    integer[]   NOT NULL,
    part_base bigint[]    NOT NULL,
    first_seq bigint      NOT NULL,
    last_seq  bigint      NOT NULL CHECK (first_seq <= last_seq),
    oldest    timestamptz NOT NULL,
    newest    timestamptz NOT NULL CHECK (oldest <= newest),
    -- How many events each of the 64 partitions has up to and with this tick; in the first and every 1000th tick.
    totals    bigint[]    CHECK (cardinality(totals) = 64),
    -- The first 16 bytes of SHA-256 of each body, in order; and SHA-256 of the hash of the tick before, followed by these.
    digests   bytea       NOT NULL CHECK (length(digests) = 16 * n),
    hash      bytea       NOT NULL CHECK (length(hash) = 32),
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (cardinality(parts) = cardinality(part_n) AND cardinality(parts) = cardinality(part_base))
);

CREATE INDEX tick_xmax ON events.tick (pg_snapshot_xmax(snap));
CREATE INDEX tick_totals ON events.tick (id) WHERE totals IS NOT NULL;

-- The first offset whose events are kept; retention moves it.
CREATE TABLE events.kept (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint  NOT NULL
);
INSERT INTO events.kept (position) VALUES (0);

-- The leader proves that it lives by counting; who waits for it measures with a clock of its own.
CREATE TABLE events.leader (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    holder text    NOT NULL,
    term   bigint  NOT NULL,
    beats  bigint  NOT NULL
);

CREATE TABLE events.consumer (
    name    text        PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9.-]{0,99}$'),
    topics  text[]      NOT NULL CHECK (cardinality(topics) > 0),
    login   name        NOT NULL DEFAULT session_user,
    created timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE events.member (
    consumer text    NOT NULL REFERENCES events.consumer ON DELETE CASCADE,
    id       text    NOT NULL,
    beats    bigint  NOT NULL,
    PRIMARY KEY (consumer, id)
) WITH (fillfactor = 50);

-- position: the first offset of the log not yet done; passed: how many events of this partition lie before it.
CREATE TABLE events.cursor (
    consumer text     NOT NULL REFERENCES events.consumer ON DELETE CASCADE,
    part     smallint NOT NULL CHECK (part BETWEEN 0 AND 63),
    epoch    integer  NOT NULL,
    position bigint   NOT NULL CHECK (position >= 0),
    passed   bigint   NOT NULL CHECK (passed >= 0),
    owner    text,
    fence    bigint   NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer, part)
) WITH (fillfactor = 20);

-- A key that stands still: a pointer to its first event not done, and how many of its events lie before the cursor.
CREATE TABLE events.parked (
    consumer text        NOT NULL REFERENCES events.consumer ON DELETE CASCADE,
    part     smallint    NOT NULL,
    tenant   text        NOT NULL,
    key      text        NOT NULL,
    position bigint      NOT NULL,
    queued   bigint      NOT NULL CHECK (queued > 0),
    attempts integer     NOT NULL CHECK (attempts >= 0),
    dead     boolean     NOT NULL,
    reason   text        NOT NULL,
    since    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, part, tenant, key)
);

-- Which login may read which tenant's events.
CREATE TABLE events.reader (
    login  name NOT NULL,
    tenant text NOT NULL,
    PRIMARY KEY (login, tenant)
);

-- The types that events.append takes; it takes all while this is empty.
CREATE TABLE events.known_type (
    type text PRIMARY KEY
);

-- Makes the days from yesterday on that are missing, with the rights of the owner.
CREATE FUNCTION events.prepare_days(ahead integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made integer := 0;
    day  date;
    name text;
BEGIN
    FOR i IN -1 .. ahead LOOP
        day := (clock_timestamp() AT TIME ZONE 'UTC')::date + i;
        name := 'log_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('events.' || name) IS NOT NULL;
        PERFORM pg_advisory_xact_lock(7236850772892051);
        CONTINUE WHEN to_regclass('events.' || name) IS NOT NULL;
        EXECUTE format('CREATE TABLE events.%I (LIKE events.log INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
        EXECUTE format('CREATE UNIQUE INDEX %I ON events.%I (source, id)', name || '_event', name);
        EXECUTE format('ALTER TABLE events.log ATTACH PARTITION events.%I FOR VALUES FROM (%L) TO (%L)', name,
            day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;

SELECT events.prepare_days(14);

-- How many events each partition has up to and with a tick.
CREATE FUNCTION events.totals_at(tick bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    WITH start AS (
        SELECT id, totals FROM events.tick WHERE totals IS NOT NULL AND id <= $1 ORDER BY id DESC LIMIT 1
    ), more AS (
        SELECT u.part, sum(u.n) AS n FROM events.tick t, unnest(t.parts, t.part_n) AS u (part, n)
        WHERE t.id > coalesce((SELECT id FROM start), 0) AND t.id <= $1 GROUP BY u.part
    )
    SELECT array_agg((coalesce((SELECT totals[p + 1] FROM start), 0) + coalesce(m.n, 0))::bigint ORDER BY p)
    FROM generate_series(0, 63) AS p LEFT JOIN more m ON m.part = p
$$;

-- The events from an offset of the log on, in order, with their offsets. Ticks are read as a whole, so a part of a very large
-- one costs as much as all of it; those of more than "largest" events, which is not less than "most", are left out, for
-- events.slice. The plan is made once: index scans, whatever the statistics say.
CREATE FUNCTION events.numbered(first bigint, most integer, largest integer DEFAULT 2147483647)
RETURNS TABLE ("offset" bigint, epoch integer, part smallint, part_offset bigint, topic text, tenant text, key text,
    body text, seq bigint)
LANGUAGE plpgsql STABLE ROWS 1000
SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT n.* FROM (
        SELECT t.base + row_number() OVER (PARTITION BY t.id ORDER BY l.seq) - 1 AS "offset", t.epoch, l.part,
            t.part_base[array_position(t.parts, l.part)]
                + row_number() OVER (PARTITION BY t.id, l.part ORDER BY l.seq) - 1 AS part_offset,
            l.topic, l.tenant, l.key, l.body, l.seq
        FROM events.tick t CROSS JOIN LATERAL (
            SELECT a.seq, a.part, a.topic, a.tenant, a.key, a.body FROM events.log a
            WHERE t.seqs IS NULL AND a.xid >= pg_snapshot_xmax(t.prev) AND a.xid < pg_snapshot_xmax(t.snap)
                AND pg_visible_in_snapshot(a.xid, t.snap)
                AND a.seq BETWEEN t.first_seq AND t.last_seq AND a.created BETWEEN t.oldest AND t.newest
            UNION ALL
            SELECT b.seq, b.part, b.topic, b.tenant, b.key, b.body FROM events.log b
            WHERE t.seqs IS NULL AND b.xid = ANY (ARRAY (SELECT pg_snapshot_xip(t.prev)))
                AND pg_visible_in_snapshot(b.xid, t.snap)
                AND b.seq BETWEEN t.first_seq AND t.last_seq AND b.created BETWEEN t.oldest AND t.newest
            UNION ALL
            SELECT c.seq, c.part, c.topic, c.tenant, c.key, c.body FROM events.log c
            WHERE c.seq = ANY (t.seqs) AND c.created BETWEEN t.oldest AND t.newest
        ) l
        WHERE t.base >= (SELECT max(s.base) FROM events.tick s WHERE s.base <= $1) AND t.base < $1 + $2
            AND (t.n <= $3 OR t.seqs IS NOT NULL)
    ) n
    WHERE n."offset" >= $1 AND n."offset" < $1 + $2
    ORDER BY n."offset";
END
$$;

-- The events of one tick after a row, in order.
CREATE FUNCTION events.slice(tick bigint, after_seq bigint, most integer)
RETURNS TABLE (seq bigint, part smallint, topic text, tenant text, key text, body text)
LANGUAGE plpgsql STABLE ROWS 1000
SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    t events.tick;
BEGIN
    SELECT * INTO STRICT t FROM events.tick WHERE id = $1;
    RETURN QUERY SELECT l.seq, l.part, l.topic, l.tenant, l.key, l.body FROM events.log l
        WHERE l.seq > $2 AND l.seq >= t.first_seq AND l.seq <= t.last_seq AND l.created BETWEEN t.oldest AND t.newest
            AND (l.xid >= pg_snapshot_xmax(t.prev) AND l.xid < pg_snapshot_xmax(t.snap)
                OR l.xid = ANY (ARRAY (SELECT pg_snapshot_xip(t.prev))))
            AND pg_visible_in_snapshot(l.xid, t.snap)
        ORDER BY l.seq LIMIT $3;
END
$$;

-- How many committed events no tick has yet, and since when the oldest waits.
CREATE FUNCTION events.backlog(OUT events bigint, OUT since timestamptz) LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    e events.epoch;
    s pg_snapshot;
BEGIN
    SELECT * INTO e FROM events.epoch ORDER BY number DESC LIMIT 1;
    SELECT t.snap INTO s FROM events.tick t WHERE t.epoch = e.number ORDER BY t.id DESC LIMIT 1;
    s := coalesce(s, e.snap, '3:3:');
    SELECT count(*), min(l.created) INTO backlog.events, backlog.since FROM (
        SELECT a.created FROM events.log a WHERE a.xid >= pg_snapshot_xmax(s) AND a.seq > coalesce(e.floor_seq, 0)
        UNION ALL
        SELECT b.created FROM events.log b
        WHERE b.xid = ANY (ARRAY (SELECT pg_snapshot_xip(s))) AND b.seq > coalesce(e.floor_seq, 0)
    ) l;
END
$$;

-- Ends the session of a leader or member that is given up: what it holds is freed. First who, then the end: the planner may
-- call a function in a condition before it looks at the others.
CREATE FUNCTION events.end_session(application text) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH given_up AS MATERIALIZED (
        SELECT pid FROM pg_stat_activity
        WHERE application_name = $1 AND $1 LIKE 'gatewright-%' AND datname = current_database() AND pid <> pg_backend_pid()
    )
    SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))::integer FROM given_up
$$;

-- Keeps writers out until the transaction ends: an epoch after a restore begins with a log that stands still.
CREATE FUNCTION events.lock_log() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE events.log IN SHARE ROW EXCLUSIVE MODE;
END
$$;

-- What is notified after a tick: always less than the 8000 bytes that a payload may have.
CREATE FUNCTION events.hint(epoch integer, base bigint, n integer, topics text[], inlined text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    plain text := format('{"v":1,"epoch":%s,"from":%s,"to":%s', epoch, base, base + n - 1);
    named text := plain || ',"topics":' || array_to_json(topics);
    whole text := named || ',"events":[' || inlined || ']}';
BEGIN
    RETURN CASE
        WHEN octet_length(whole) < 7000 THEN whole
        WHEN octet_length(named) < 7000 THEN named || '}'
        ELSE plain || '}' END;
END
$$;
