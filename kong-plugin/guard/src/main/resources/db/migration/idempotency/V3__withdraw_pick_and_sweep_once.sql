-- A claim is on the disk before anything is sent, whatever the database, the role or the session has for synchronous_commit.
CREATE FUNCTION idempotency.require_durable() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
END
$$;

-- As before; besides, it makes sure of the disk, heeds withdrawals, and refuses an old key by its own time also while its row is still there.
CREATE OR REPLACE FUNCTION idempotency.acquire(
    p_tenant text, p_kh uuid, p_kh_tail uuid, p_fp bytea, p_attempt uuid, p_route text, p_correlation text,
    p_lease interval, p_ttl interval, p_takeover boolean, p_minted timestamptz, p_quota bigint,
    OUT result text, OUT fence bigint, OUT status smallint, OUT lease_left interval, OUT age interval, OUT expires_in interval,
    OUT at timestamptz, OUT correlation text, OUT location text, OUT digest bytea,
    OUT attempt uuid, OUT sealed boolean, OUT fields bytea, OUT body bytea)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    now  timestamptz := clock_timestamp();
    tomb CONSTANT interval := interval '7 days';
    c    record;
BEGIN
    IF p_minted > now + interval '5 minutes' THEN
        result := 'FUTURE';
        RETURN;
    END IF;
    FOR round IN 1..8 LOOP
        SELECT * INTO c FROM idempotency.claim WHERE tenant = p_tenant AND kh = p_kh;
        IF NOT FOUND THEN
            IF p_minted < now - p_ttl THEN
                result := 'EXPIRED';
                RETURN;
            END IF;
            IF p_quota > 0 AND (SELECT u.keys >= p_quota FROM idempotency.usage u WHERE u.tenant = p_tenant) THEN
                result := 'QUOTA';
                RETURN;
            END IF;
            PERFORM idempotency.require_durable();
            INSERT INTO idempotency.claim (tenant, kh, kh_tail, state, fp, attempt, fence, lease_until, created, expires, route, correlation)
            VALUES (p_tenant, p_kh, p_kh_tail, 1, p_fp, p_attempt, 1, now + p_lease, now, now + p_ttl, p_route, p_correlation)
            ON CONFLICT DO NOTHING;
            IF FOUND THEN
                result := 'ACQUIRED';
                fence := 1;
                expires_in := p_ttl;
                RETURN;
            END IF;
            now := clock_timestamp();
            CONTINUE;
        END IF;
        IF c.kh_tail <> p_kh_tail THEN
            RAISE EXCEPTION 'Two keys of the tenant % have one hash', p_tenant USING ERRCODE = 'data_exception';
        END IF;
        -- Whoever asked for it has gone, and this call comes late.
        IF c.state = 3 AND c.attempt = p_attempt AND c.cause = 'withdrawn' THEN
            result := 'WITHDRAWN';
            RETURN;
        END IF;
        -- The same attempt again goes on where it was, under a new fence: whoever asked before can end nothing any more.
        -- Whoever ran nothing, or whose week is over, leaves the key to the next one.
        IF c.state <> 3 AND NOT (c.state = 1 AND c.attempt = p_attempt) AND now < c.expires + tomb THEN
            at := coalesce(c.ended, c.lease_until);
            correlation := c.correlation;
            location := c.location;
            status := c.status;
            IF c.fp <> p_fp THEN
                result := 'MISMATCH';
                RETURN;
            ELSIF c.state = 1 AND c.lease_until > now THEN
                result := 'IN_PROGRESS';
                lease_left := c.lease_until - now;
                RETURN;
            ELSIF c.state = 2 AND now >= c.expires THEN
                result := 'EXPIRED';
                RETURN;
            ELSIF c.state = 2 THEN
                result := 'DONE';
                age := now - c.ended;
                expires_in := c.expires - now;
                digest := c.digest;
                attempt := c.attempt;
                fence := c.fence;
                SELECT r.sealed, r.fields, r.body INTO sealed, fields, body FROM idempotency.response r
                WHERE r.hour = c.hour AND r.attempt = c.attempt AND r.fence = c.fence;
                RETURN;
            ELSIF NOT p_takeover THEN
                result := 'UNKNOWN';
                RETURN;
            END IF;
        END IF;
        -- What a forgotten key was for is not known, but its own time says that it is old.
        IF now >= c.expires + tomb AND p_minted < now - p_ttl THEN
            result := 'EXPIRED';
            RETURN;
        END IF;
        PERFORM idempotency.require_durable();
        UPDATE idempotency.claim k SET state = 1, fp = p_fp, attempt = p_attempt, fence = c.fence + 1,
            lease_until = now + p_lease, created = now, expires = now + p_ttl, ended = NULL, status = NULL, hour = NULL,
            digest = NULL, location = NULL, cause = NULL, route = p_route, correlation = p_correlation
        WHERE k.tenant = p_tenant AND k.kh = p_kh AND k.fence = c.fence AND k.state = c.state AND k.attempt = c.attempt;
        IF FOUND THEN
            result := 'ACQUIRED';
            fence := c.fence + 1;
            expires_in := p_ttl;
            RETURN;
        END IF;
        now := clock_timestamp();
    END LOOP;
    RAISE EXCEPTION 'The key changed hands too often' USING ERRCODE = 'serialization_failure';
END
$$;

-- Takes a wish back of which nobody knows whether it was heard, because nothing was sent for it: frees the key if it was, and leaves
-- a mark by which a call that comes late is known. It waits for one that has not committed yet.
CREATE FUNCTION idempotency.withdraw(
    p_tenant text, p_kh uuid, p_kh_tail uuid, p_fp bytea, p_attempt uuid, p_route text, p_correlation text, p_ttl interval)
RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    now timestamptz := clock_timestamp();
    c   record;
BEGIN
    FOR round IN 1..8 LOOP
        SELECT k.state, k.attempt INTO c FROM idempotency.claim k WHERE k.tenant = p_tenant AND k.kh = p_kh FOR UPDATE;
        IF FOUND THEN
            IF c.state = 3 OR (c.state = 1 AND c.attempt = p_attempt) THEN
                UPDATE idempotency.claim k SET state = 3, ended = now, cause = 'withdrawn', attempt = p_attempt, fence = k.fence + 1
                WHERE k.tenant = p_tenant AND k.kh = p_kh;
                RETURN true;
            END IF;
            RETURN false;
        END IF;
        INSERT INTO idempotency.claim (tenant, kh, kh_tail, state, fp, attempt, fence, lease_until, created, expires, ended, cause, route, correlation)
        VALUES (p_tenant, p_kh, p_kh_tail, 3, p_fp, p_attempt, 1, now, now, now + p_ttl, now, 'withdrawn', p_route, p_correlation)
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN true;
        END IF;
    END LOOP;
    RAISE EXCEPTION 'The key changed hands too often' USING ERRCODE = 'serialization_failure';
END
$$;

-- Finds what is over without reading what is not. It is on no column that an end changes, so ends stay HOT.
CREATE INDEX claim_expires ON idempotency.claim USING brin (expires) WITH (pages_per_range = 32, autosummarize = on);

-- Removes some of the claims that nobody can ask for any more. One process at a time; 0 also while another is at it.
CREATE OR REPLACE FUNCTION idempotency.expire(most integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    gone   integer;
    before timestamptz := clock_timestamp() - interval '7 days';
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('idempotency.expire', 0)) THEN
        RETURN 0;
    END IF;
    DELETE FROM idempotency.claim k WHERE (k.tenant, k.kh) IN (
        SELECT o.tenant, o.kh FROM idempotency.claim o WHERE o.expires < before LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

-- Counts what each tenant holds, for its quota: one process at a time, once a minute for all of them, and less often when it takes long.
ALTER TABLE idempotency.usage ADD COLUMN took interval NOT NULL DEFAULT '0';
DROP FUNCTION idempotency.count_usage();
CREATE FUNCTION idempotency.count_usage() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    began timestamptz := clock_timestamp();
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('idempotency.count_usage', 0))
        OR EXISTS (SELECT FROM idempotency.usage u WHERE u.counted > began - greatest(interval '50 seconds', 50 * u.took)) THEN
        RETURN;
    END IF;
    WITH held AS (SELECT k.tenant, count(*) AS keys FROM idempotency.claim k GROUP BY k.tenant),
        gone AS (DELETE FROM idempotency.usage u WHERE NOT EXISTS (SELECT FROM held h WHERE h.tenant = u.tenant))
    INSERT INTO idempotency.usage AS u (tenant, keys, counted, took)
    SELECT h.tenant, h.keys, clock_timestamp(), clock_timestamp() - began FROM held h
    ON CONFLICT (tenant) DO UPDATE SET keys = excluded.keys, counted = excluded.counted, took = excluded.took;
END
$$;

REVOKE ALL ON FUNCTION idempotency.require_durable(), idempotency.count_usage(),
    idempotency.withdraw(text, uuid, uuid, bytea, uuid, text, text, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency.require_durable(), idempotency.count_usage(),
    idempotency.withdraw(text, uuid, uuid, bytea, uuid, text, text, interval) TO gatewright_service;

-- Which of several hashes of one key is the one: that under which it is claimed, else the first. Whoever knows the same hashes, in
-- whatever order, waits here until the other has claimed, so that a key is not claimed under two.
CREATE FUNCTION idempotency.pick(p_tenant text, p_kh uuid[], p_kh_tail uuid[], OUT tenant text, OUT kh uuid, OUT kh_tail uuid)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    n integer := 1;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_tenant || (SELECT min(k::text) FROM unnest(p_kh) k), 1));
    FOR i IN 1..cardinality(p_kh) LOOP
        IF EXISTS (SELECT FROM idempotency.claim c WHERE c.tenant = p_tenant AND c.kh = p_kh[i] AND c.state <> 3) THEN
            n := i;
            EXIT;
        END IF;
    END LOOP;
    tenant := p_tenant;
    kh := p_kh[n];
    kh_tail := p_kh_tail[n];
END
$$;
REVOKE ALL ON FUNCTION idempotency.pick(text, uuid[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency.pick(text, uuid[], uuid[]) TO gatewright_service;

-- Somebody has found out what nobody knew: with a status it has run, without one it has not. Whoever ran it ends nothing any more.
CREATE FUNCTION idempotency.settle(p_tenant text, p_kh uuid, p_kh_tail uuid, p_status smallint, p_location text, p_cause text)
RETURNS boolean LANGUAGE sql VOLATILE AS $$
    WITH settled AS (
        UPDATE idempotency.claim k SET state = CASE WHEN p_status IS NULL THEN 3 ELSE 2 END, status = p_status, location = p_location,
            cause = p_cause, ended = clock_timestamp(), fence = k.fence + 1
        WHERE k.tenant = p_tenant AND k.kh = p_kh AND k.kh_tail = p_kh_tail
            AND (k.state = 4 OR (k.state = 1 AND k.lease_until < clock_timestamp()))
        RETURNING 1)
    SELECT EXISTS (SELECT FROM settled)
$$;
REVOKE ALL ON FUNCTION idempotency.settle(text, uuid, uuid, smallint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency.settle(text, uuid, uuid, smallint, text, text) TO gatewright_service;
