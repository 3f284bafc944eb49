-- What others may do: append and read through functions. The service's role works on the tables.

-- Appends an event of CloudEvents JSON in the caller's transaction. Gives its token for read-your-writes; the same event
-- again gives the same token, another event under the same source and id on the same day (UTC) is refused.
CREATE FUNCTION events.append(event text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e       json;
    owner   text;
    p       smallint;
    problem text;
    kept    record;
BEGIN
    IF octet_length(event) > 65536 THEN
        RAISE EXCEPTION 'The event is refused: it has % bytes, at most 65536 are allowed', octet_length(event)
            USING ERRCODE = 'check_violation', HINT = 'Put the data elsewhere and refer to it by dataref.';
    END IF;
    e := event::json;
    IF json_typeof(e) <> 'object' THEN
        RAISE EXCEPTION 'The event is refused: it is not a JSON object' USING ERRCODE = 'check_violation';
    END IF;
    SELECT string_agg(said, '; ') INTO problem FROM (
        SELECT format('the attribute name %s must have 1 to 20 lower-case letters or digits', left(k, 40)) AS said
        FROM json_object_keys(e) AS k WHERE k !~ '^[a-z0-9]{1,20}$' AND k <> 'data_base64'
        UNION ALL
        SELECT format('%s must be a string, a Boolean or an integer of 32 bits', key) FROM json_each(e)
        WHERE key NOT IN ('data', 'data_base64') AND json_typeof(value) NOT IN ('string', 'boolean', 'null')
            AND NOT (json_typeof(value) = 'number' AND value::text ~ '^-?[0-9]{1,10}$'
                AND value::text::bigint BETWEEN -2147483648 AND 2147483647)
        UNION ALL
        SELECT format('%s must not contain control characters', key) FROM json_each_text(e)
        WHERE key NOT IN ('data', 'data_base64') AND value ~ '[\x01-\x1f\x7f-\x9f]'
        UNION ALL
        SELECT format('%s is required and must be a non-empty string', k)
        FROM unnest(ARRAY['specversion', 'id', 'source', 'type']) AS k
        WHERE coalesce(e ->> k, '') = '' OR json_typeof(e -> k) <> 'string'
        UNION ALL
        SELECT format('%s is given twice', k) FROM json_object_keys(e) AS k GROUP BY k HAVING count(*) > 1
        UNION ALL
        SELECT 'specversion must be "1.0"' WHERE e ->> 'specversion' <> '1.0'
        UNION ALL
        SELECT 'type must read <domain>.<aggregate>.<event>.v<major> in lower case'
        WHERE e ->> 'type' !~ '^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+\.v[1-9][0-9]{0,3}$'
        UNION ALL
        SELECT 'the type is not in the catalogue'
        WHERE EXISTS (SELECT FROM events.known_type)
            AND NOT EXISTS (SELECT FROM events.known_type WHERE type = e ->> 'type')
    ) AS problems;
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION 'The event is refused: %', problem USING ERRCODE = 'check_violation';
    END IF;
    owner := coalesce(e ->> 'tenantid', '');
    p := events.partition_of(owner, e ->> 'orgid');
    INSERT INTO events.log (part, topic, type, source, id, tenant, org, key, body)
    VALUES (p, split_part(e ->> 'type', '.', 1) || '.' || split_part(e ->> 'type', '.', 2), e ->> 'type', e ->> 'source',
        e ->> 'id', owner, e ->> 'orgid', coalesce(e ->> 'partitionkey', e ->> 'subject', ''), event)
    ON CONFLICT DO NOTHING RETURNING seq, xid INTO kept;
    IF NOT FOUND THEN
        SELECT l.seq, l.xid, l.body INTO kept FROM events.log l
        WHERE l.source = e ->> 'source' AND l.id = e ->> 'id' ORDER BY l.seq DESC LIMIT 1;
        IF kept.body IS DISTINCT FROM event THEN
            RAISE EXCEPTION 'The event is refused: source % and id % name another event already', e ->> 'source', e ->> 'id'
                USING ERRCODE = 'unique_violation', HINT = 'Give each event an id of its own.';
        END IF;
    END IF;
    RETURN kept.xid || '-' || kept.seq || '-' || p;
END
$$;

-- Whether this login works for the platform and may see every tenant.
CREATE FUNCTION events.sees_all() RETURNS boolean LANGUAGE sql STABLE
    RETURN pg_has_role(session_user, 'gatewright_service', 'MEMBER');

-- Makes a consumer that begins with the first event kept, or with the next one. Does nothing to one that is there.
CREATE FUNCTION events.subscribe(consumer text, topics text[], from_first boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    start record;
    whole bigint[];
BEGIN
    INSERT INTO events.consumer (name, topics) VALUES (consumer, topics) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF from_first THEN
        SELECT t.id - 1 AS id, t.epoch, t.base AS position INTO start FROM events.tick t
        WHERE t.base >= (SELECT k.position FROM events.kept k) ORDER BY t.base LIMIT 1;
    END IF;
    IF start IS NULL THEN
        SELECT t.id, t.epoch, t.base + t.n AS position INTO start FROM events.tick t ORDER BY t.id DESC LIMIT 1;
    END IF;
    whole := events.totals_at(coalesce(start.id, 0));
    INSERT INTO events.cursor (consumer, part, epoch, position, passed)
    SELECT consumer, p, coalesce(start.epoch, 1), coalesce(start.position, 0), whole[p + 1]
    FROM generate_series(0, 63) AS p;
END
$$;

CREATE FUNCTION events.require_own(consumer text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM events.consumer c WHERE c.name = $1 AND (c.login = session_user OR events.sees_all())) THEN
        RAISE EXCEPTION 'There is no consumer % of the login %', $1, session_user
            USING ERRCODE = 'insufficient_privilege', HINT = 'Make it by events.subscribe.';
    END IF;
END
$$;

-- The next events of a consumer that reads alone. They come again until events.acknowledge.
CREATE FUNCTION events.read(consumer text, most integer DEFAULT 100)
RETURNS TABLE (epoch integer, partition smallint, partition_offset bigint, "offset" bigint, topic text, event text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    at    bigint;
    head  bigint;
    given bigint := 0;
BEGIN
    PERFORM events.require_own(consumer);
    SELECT min(c.position) INTO at FROM events.cursor c WHERE c.consumer = $1;
    SELECT t.base + t.n INTO head FROM events.tick t ORDER BY t.id DESC LIMIT 1;
    WHILE at < head AND given = 0 LOOP
        RETURN QUERY SELECT n.epoch, n.part, n.part_offset, n."offset", n.topic, n.body
            FROM events.numbered(at, $2) n JOIN events.cursor c ON c.consumer = $1 AND c.part = n.part
            WHERE n."offset" >= c.position
                AND n.topic = ANY (ARRAY(SELECT unnest(r.topics) FROM events.consumer r WHERE r.name = $1))
                AND (events.sees_all()
                    OR n.tenant IN (SELECT r.tenant FROM events.reader r WHERE r.login = session_user))
            ORDER BY n."offset";
        GET DIAGNOSTICS given = ROW_COUNT;
        at := at + $2;
    END LOOP;
END
$$;

-- Everything up to and with this offset is done.
CREATE FUNCTION events.acknowledge(consumer text, up_to bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    t record;
BEGIN
    PERFORM events.require_own(consumer);
    SELECT k.id, k.epoch, k.base INTO t FROM events.tick k WHERE k.base <= up_to AND k.base + k.n > up_to
        ORDER BY k.base DESC LIMIT 1;
    IF t IS NULL THEN
        RAISE EXCEPTION 'There is no event with the offset %', up_to USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE events.cursor c SET epoch = t.epoch, position = up_to + 1, passed = d.whole + (
            SELECT count(*) FROM events.numbered(t.base, (up_to - t.base + 1)::integer) n WHERE n.part = c.part)
        FROM unnest(events.totals_at(t.id - 1)) WITH ORDINALITY AS d (whole, nth)
        WHERE c.consumer = $1 AND d.nth = c.part + 1 AND c.position <= up_to;
END
$$;

-- Has a consumer go on with the first tick that has an event of this time or later. The new fence keeps its members from
-- moving the cursors back.
CREATE FUNCTION events.rewind(consumer text, since timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    t record;
BEGIN
    PERFORM FROM events.cursor c WHERE c.consumer = $1 ORDER BY c.part FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT k.id, k.epoch, k.base INTO t FROM events.tick k 
        WHERE k.newest >= since AND k.base >= (SELECT kept.position FROM events.kept) ORDER BY k.id LIMIT 1;
    IF t IS NULL THEN
        SELECT k.id + 1 AS id, k.epoch, k.base + k.n AS base INTO t FROM events.tick k ORDER BY k.id DESC LIMIT 1;
    END IF;
    IF t IS NULL THEN
        RETURN true;
    END IF;
    IF EXISTS (SELECT FROM events.parked p WHERE p.consumer = $1 AND p.position < t.base) THEN
        RAISE EXCEPTION 'The consumer % has keys parked before that time', $1
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Replay or discard them first.';
    END IF;
    DELETE FROM events.parked p WHERE p.consumer = $1;
    UPDATE events.cursor c SET epoch = t.epoch, position = t.base, passed = w.total, fence = c.fence + 1
        FROM unnest(events.totals_at(t.id - 1)) WITH ORDINALITY AS w (total, nth)
        WHERE c.consumer = $1 AND w.nth = c.part + 1;
    RETURN true;
END
$$;

-- Has every consumer that stands before an offset go on from it, which is where a tick begins or the log ends.
CREATE FUNCTION events.leave_behind(up_to bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    t record;
BEGIN
    SELECT k.id, k.epoch INTO STRICT t FROM events.tick k WHERE k.base + k.n = up_to;
    DELETE FROM events.parked p WHERE p.position < up_to;
    UPDATE events.cursor c SET epoch = t.epoch, position = up_to, passed = w.total, fence = c.fence + 1
        FROM unnest(events.totals_at(t.id)) WITH ORDINALITY AS w (total, nth)
        WHERE w.nth = c.part + 1 AND c.position < up_to;
END
$$;

ALTER TABLE events.log ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON events.log TO gatewright_service USING (true) WITH CHECK (true);
CREATE POLICY reader ON events.log FOR SELECT TO PUBLIC
    USING (tenant IN (SELECT r.tenant FROM events.reader r WHERE r.login = session_user));

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA events FROM PUBLIC;
GRANT USAGE ON SCHEMA events TO gatewright_service;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA events TO gatewright_service;
GRANT SELECT, INSERT ON events.log TO gatewright_service;
GRANT SELECT, INSERT, DELETE ON events.tick TO gatewright_service;
GRANT SELECT ON events.kept TO gatewright_service;
GRANT SELECT, INSERT ON events.epoch TO gatewright_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    events.leader, events.consumer, events.member, events.cursor, events.parked, events.reader, events.known_type
    TO gatewright_service;
