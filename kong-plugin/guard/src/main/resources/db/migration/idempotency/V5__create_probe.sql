-- What modules are asked: a row for each claim of which nobody knows how it ended, on a route whose module says how it can be asked.
-- Whoever takes one puts off its next time, so that nobody else asks meanwhile, and somebody does when the taker has died.
CREATE TABLE idempotency.probe (
    tenant   text        NOT NULL,
    kh       uuid        NOT NULL,
    attempt  uuid        NOT NULL,
    fence    bigint      NOT NULL,
    asked    integer     NOT NULL DEFAULT 0 CHECK (asked >= 0), -- in vain
    next_ask timestamptz NOT NULL, -- infinity: left to the operator
    PRIMARY KEY (tenant, kh)
);
CREATE INDEX probe_due ON idempotency.probe (next_ask);

-- Since when the sidecars know that a route's module can be asked, for each time that its settings were written. What was sent
-- before may be unknown to the module although it has run, so nobody asks about it.
CREATE TABLE idempotency.probed (
    route   text        NOT NULL,
    version bigint      NOT NULL,
    since   timestamptz NOT NULL,
    PRIMARY KEY (route, version)
);

-- Finds the leases of lately without reading the others. No end changes a lease, so ends stay HOT.
CREATE INDEX claim_lease ON idempotency.claim USING brin (lease_until) WITH (pages_per_range = 32, autosummarize = on);

-- Notes what is unknown by now of what was sent on these routes since their modules can be asked, if its lease ended, or is to end,
-- after p_back ago; null: whenever. One at a time.
CREATE FUNCTION idempotency.note_unknown(p_routes text[], p_versions bigint[], p_back interval) RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    now   timestamptz;
    after timestamptz := coalesce(clock_timestamp() - p_back, '-infinity');
    noted integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('idempotency.note_unknown', 0));
    now := clock_timestamp();
    INSERT INTO idempotency.probed (route, version, since) SELECT r.route, r.version, now
    FROM unnest(p_routes, p_versions) AS r (route, version) ON CONFLICT DO NOTHING;
    DELETE FROM idempotency.probe p WHERE p.next_ask = 'infinity' AND NOT EXISTS (
        SELECT FROM idempotency.claim k WHERE k.tenant = p.tenant AND k.kh = p.kh AND k.attempt = p.attempt AND k.fence = p.fence
            AND k.state IN (1, 4));
    INSERT INTO idempotency.probe AS p (tenant, kh, attempt, fence, next_ask)
    SELECT k.tenant, k.kh, k.attempt, k.fence, now
    FROM unnest(p_routes, p_versions) AS r (route, version) JOIN idempotency.probed d USING (route, version)
        JOIN idempotency.claim k ON k.route = r.route AND k.created >= d.since
    WHERE k.lease_until > after AND (k.state = 4 OR (k.state = 1 AND k.lease_until < now))
        AND NOT EXISTS (SELECT FROM idempotency.probe o WHERE o.tenant = k.tenant AND o.kh = k.kh AND o.fence >= k.fence)
    ON CONFLICT (tenant, kh) DO UPDATE SET attempt = excluded.attempt, fence = excluded.fence, asked = 0, next_ask = excluded.next_ask
        WHERE p.fence < excluded.fence;
    GET DIAGNOSTICS noted = ROW_COUNT;
    RETURN noted;
END
$$;

-- Takes what is due, and forgets what is not unknown any more. since: when nobody waited for it any more; at: now.
CREATE FUNCTION idempotency.take_probes(p_most integer, p_hold interval) RETURNS TABLE (
    tenant text, kh uuid, attempt uuid, fence bigint, route text, correlation text, asked integer, since timestamptz, at timestamptz)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    now timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    WITH due AS MATERIALIZED (
        SELECT p.tenant, p.kh, p.attempt, p.fence FROM idempotency.probe p WHERE p.next_ask <= now
        ORDER BY p.next_ask LIMIT p_most FOR UPDATE SKIP LOCKED),
    still AS MATERIALIZED (
        SELECT d.tenant, d.kh, k.route, k.correlation, coalesce(k.ended, k.lease_until) AS since
        FROM due d JOIN idempotency.claim k ON k.tenant = d.tenant AND k.kh = d.kh AND k.attempt = d.attempt AND k.fence = d.fence
        WHERE k.state = 4 OR (k.state = 1 AND k.lease_until < now)),
    gone AS (
        DELETE FROM idempotency.probe p USING due d WHERE p.tenant = d.tenant AND p.kh = d.kh
            AND NOT EXISTS (SELECT FROM still s WHERE s.tenant = d.tenant AND s.kh = d.kh))
    UPDATE idempotency.probe p SET next_ask = now + p_hold FROM still s WHERE p.tenant = s.tenant AND p.kh = s.kh
    RETURNING p.tenant, p.kh, p.attempt, p.fence, s.route, s.correlation, p.asked, s.since, now;
END
$$;

-- The module has said it: with a status it has run, without one it has not. Only of the attempt that it was asked about, and if
-- p_before is given only when nobody waited for it any more by then. Whoever ran it ends nothing any more.
CREATE FUNCTION idempotency.settle_probed(
    p_tenant text, p_kh uuid, p_attempt uuid, p_fence bigint, p_status smallint, p_location text, p_cause text, p_before timestamptz)
RETURNS boolean LANGUAGE sql VOLATILE AS $$
    WITH settled AS (
        UPDATE idempotency.claim k SET state = CASE WHEN p_status IS NULL THEN 3 ELSE 2 END, status = p_status, location = p_location,
            cause = p_cause, ended = clock_timestamp(), fence = k.fence + 1
        WHERE k.tenant = p_tenant AND k.kh = p_kh AND k.attempt = p_attempt AND k.fence = p_fence
            AND (k.state = 4 OR (k.state = 1 AND k.lease_until < clock_timestamp()))
            AND (p_before IS NULL OR coalesce(k.ended, k.lease_until) <= p_before)
        RETURNING 1),
    gone AS (
        DELETE FROM idempotency.probe p WHERE p.tenant = p_tenant AND p.kh = p_kh AND p.attempt = p_attempt AND p.fence = p_fence
            AND EXISTS (SELECT FROM settled))
    SELECT EXISTS (SELECT FROM settled)
$$;

REVOKE ALL ON FUNCTION idempotency.note_unknown(text[], bigint[], interval), idempotency.take_probes(integer, interval),
    idempotency.settle_probed(text, uuid, uuid, bigint, smallint, text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency.note_unknown(text[], bigint[], interval), idempotency.take_probes(integer, interval),
    idempotency.settle_probed(text, uuid, uuid, bigint, smallint, text, text, timestamptz) TO gatewright_service;
GRANT SELECT, INSERT ON idempotency.probed TO gatewright_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency.probe TO gatewright_service;
