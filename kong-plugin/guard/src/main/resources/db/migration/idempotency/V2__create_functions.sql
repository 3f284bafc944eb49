-- What the guard does, one call each. Only this database's clock counts.

-- Claims a key or says why not, and gives the answer to replay in the same call. VOLATILE, so that each statement in it sees what
-- others committed meanwhile: an insert that meets a row which committed after the call began finds it by the select.
CREATE FUNCTION idempotency.acquire(
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

-- Keeps an answer, for the owner of this fence only, with its event in the same statement. Late is fine, superseded is not.
CREATE FUNCTION idempotency.complete(
    p_tenant text, p_kh uuid, p_attempt uuid, p_fence bigint, p_status smallint, p_location text, p_digest bytea,
    p_sealed boolean, p_fields bytea, p_body bytea, p_event text, p_relaxed boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    now timestamptz := clock_timestamp();
    h   integer := idempotency.hour_of(now);
BEGIN
    IF p_relaxed THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    UPDATE idempotency.claim k SET state = 2, ended = now, status = p_status, hour = h, digest = p_digest, location = p_location
    WHERE k.tenant = p_tenant AND k.kh = p_kh AND k.attempt = p_attempt AND k.fence = p_fence AND k.state IN (1, 4);
    IF NOT FOUND THEN
        RETURN EXISTS (SELECT FROM idempotency.claim k WHERE k.tenant = p_tenant AND k.kh = p_kh AND k.attempt = p_attempt
            AND k.fence = p_fence AND k.state = 2);
    END IF;
    IF p_body IS NOT NULL THEN
        INSERT INTO idempotency.response (hour, attempt, fence, tenant, sealed, fields, body)
        VALUES (h, p_attempt, p_fence, p_tenant, p_sealed, p_fields, p_body);
    END IF;
    IF p_event IS NOT NULL THEN
        PERFORM events.append(p_event);
    END IF;
    RETURN true;
END
$$;

-- There is proof that nothing took effect.
CREATE FUNCTION idempotency.release(p_tenant text, p_kh uuid, p_attempt uuid, p_fence bigint) RETURNS boolean
LANGUAGE sql VOLATILE AS $$
    WITH ended AS (
        UPDATE idempotency.claim k SET state = 3, ended = clock_timestamp()
        WHERE k.tenant = p_tenant AND k.kh = p_kh AND k.attempt = p_attempt AND k.fence = p_fence AND k.state = 1
        RETURNING 1)
    SELECT EXISTS (SELECT FROM ended) OR EXISTS (SELECT FROM idempotency.claim k WHERE k.tenant = p_tenant AND k.kh = p_kh
        AND k.attempt = p_attempt AND k.fence = p_fence AND k.state = 3)
$$;

-- Nobody knows: ends the waiting before the lease is over.
CREATE FUNCTION idempotency.give_up(p_tenant text, p_kh uuid, p_attempt uuid, p_fence bigint, p_cause text, p_event text) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE idempotency.claim k SET state = 4, ended = clock_timestamp(), cause = p_cause
    WHERE k.tenant = p_tenant AND k.kh = p_kh AND k.attempt = p_attempt AND k.fence = p_fence AND k.state = 1;
    IF NOT FOUND THEN
        RETURN EXISTS (SELECT FROM idempotency.claim k WHERE k.tenant = p_tenant AND k.kh = p_kh AND k.attempt = p_attempt
            AND k.fence = p_fence AND k.state = 4);
    END IF;
    IF p_event IS NOT NULL THEN
        PERFORM events.append(p_event);
    END IF;
    RETURN true;
END
$$;

-- Tables of the hours to come, so that the rest stays empty.
CREATE FUNCTION idempotency.prepare_hours(ahead integer) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    first integer := idempotency.hour_of(clock_timestamp());
BEGIN
    FOR h IN first..first + ahead LOOP
        IF to_regclass(format('idempotency.response_%s', h)) IS NULL
            AND NOT EXISTS (SELECT FROM idempotency.response_rest r WHERE r.hour = h) THEN
            BEGIN
                EXECUTE format('CREATE TABLE idempotency.response_%s PARTITION OF idempotency.response FOR VALUES FROM (%s) TO (%s)',
                    h, h, h + 1);
                EXECUTE format('ALTER TABLE idempotency.response_%s ALTER COLUMN body SET STORAGE EXTERNAL', h);
            EXCEPTION WHEN duplicate_table THEN
                NULL; -- another process was faster
            END;
        END IF;
    END LOOP;
END
$$;

-- Drops the hours whose answers nobody may replay any more: the longest time that an answer is kept is two days.
CREATE FUNCTION idempotency.drop_hours() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    oldest  integer := idempotency.hour_of(clock_timestamp() - interval '49 hours');
    dropped integer := 0;
    t       text;
BEGIN
    FOR t IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'idempotency.response'::regclass AND c.relname ~ '^response_[0-9]+$'
            AND substr(c.relname, 10)::integer < oldest
    LOOP
        EXECUTE format('DROP TABLE idempotency.%I', t);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM idempotency.response_rest r WHERE r.hour < oldest;
    RETURN dropped;
END
$$;

-- Removes some of the claims that nobody can ask for any more.
CREATE FUNCTION idempotency.expire(most integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    gone integer;
BEGIN
    DELETE FROM idempotency.claim k WHERE (k.tenant, k.kh) IN (
        SELECT o.tenant, o.kh FROM idempotency.claim o
        WHERE o.expires < clock_timestamp() - CASE o.state WHEN 3 THEN interval '0' ELSE interval '7 days' END
        LIMIT most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;

-- Counts what each tenant holds, for its quota.
CREATE FUNCTION idempotency.count_usage() RETURNS void LANGUAGE sql VOLATILE AS $$
    WITH held AS (SELECT k.tenant, count(*) AS keys FROM idempotency.claim k GROUP BY k.tenant),
        gone AS (DELETE FROM idempotency.usage u WHERE NOT EXISTS (SELECT FROM held h WHERE h.tenant = u.tenant))
    INSERT INTO idempotency.usage AS u (tenant, keys) SELECT h.tenant, h.keys FROM held h
    ON CONFLICT (tenant) DO UPDATE SET keys = excluded.keys, counted = clock_timestamp()
$$;

-- Claims outlive only what their commit survives: why this server must not keep any, or null.
CREATE FUNCTION idempotency.unfit() RETURNS text LANGUAGE sql STABLE RETURN
    CASE
        WHEN pg_is_in_recovery() THEN 'the server is a standby; connect to the primary'
        WHEN current_setting('fsync') = 'off' THEN 'the server has fsync off; a crash would lose claims: turn it on'
        WHEN EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'idempotency.claim'::regclass AND c.relpersistence <> 'p')
            THEN 'a table of claims is unlogged; a crash would empty it: ALTER TABLE … SET LOGGED'
    END;

ALTER TABLE idempotency.claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency.response ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON idempotency.claim TO gatewright_service USING (true) WITH CHECK (true);
CREATE POLICY service ON idempotency.response TO gatewright_service USING (true) WITH CHECK (true);
CREATE POLICY reader ON idempotency.claim FOR SELECT TO PUBLIC
    USING (tenant IN (SELECT r.tenant FROM events.reader r WHERE r.login = session_user));

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA idempotency FROM PUBLIC;
GRANT USAGE ON SCHEMA idempotency TO gatewright_service;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA idempotency TO gatewright_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency.claim TO gatewright_service;
GRANT SELECT, INSERT ON idempotency.response TO gatewright_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency.usage TO gatewright_service;
