-- The ledger: what is known of a resource all of whose writers pass the gateway, and who writes it now. Its path is never here, only
-- what an HMAC makes of it. Rows are not swept: what is forgotten would let an old tag pass.
--
-- known: 0 nothing yet, 1 the tag, 2 changed since and the tag not known, 3 deleted. Without an attempt it is free. With one it is
-- leased until lease_until, and after that quarantined: it never gets free by time alone.
CREATE TABLE idempotency.resource (
    tenant      text     NOT NULL CHECK (tenant <> ''),
    rh          uuid     NOT NULL,
    rh_tail     uuid     NOT NULL,
    known       smallint NOT NULL CHECK (known BETWEEN 0 AND 3),
    tag         text     CHECK (octet_length(tag) <= 16384),
    fence       bigint   NOT NULL CHECK (fence > 0),
    attempt     uuid,
    lease_until timestamptz,
    bound       interval,
    PRIMARY KEY (tenant, rh),
    CHECK ((known = 1) = (tag IS NOT NULL)),
    CHECK ((attempt IS NULL) = (lease_until IS NULL) AND (attempt IS NULL) = (bound IS NULL))
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02);

-- A fence is given once and never again, also when a row is removed and comes back.
CREATE SEQUENCE idempotency.resource_fence;

-- Takes the resource for one write, if its conditions hold by what is known.
-- p_match, p_none: strong tags with their quotes, or a star alone; null without that condition.
CREATE FUNCTION idempotency.lease(
    p_tenant text, p_rh uuid[], p_rh_tail uuid[], p_attempt uuid, p_lease interval, p_bound interval, p_match text[], p_none text[],
    OUT result text, OUT rh uuid, OUT fence bigint, OUT known smallint, OUT tag text, OUT wait interval)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    now    timestamptz;
    r      record;
    failed boolean;
BEGIN
    IF cardinality(p_rh) > 1 THEN -- as in pick: a resource is not leased under two hashes
        PERFORM pg_advisory_xact_lock(hashtextextended(p_tenant || (SELECT min(h::text) FROM unnest(p_rh) h), 2));
    END IF;
    FOR round IN 1..8 LOOP
        SELECT * INTO r FROM idempotency.resource s WHERE s.tenant = p_tenant AND s.rh = ANY (p_rh)
        ORDER BY array_position(p_rh, s.rh) LIMIT 1;
        now := clock_timestamp();
        IF NOT FOUND THEN
            PERFORM idempotency.require_durable();
            INSERT INTO idempotency.resource AS s (tenant, rh, rh_tail, known, fence, attempt, lease_until, bound)
            VALUES (p_tenant, p_rh[1], p_rh_tail[1], 0, nextval('idempotency.resource_fence'), p_attempt, now + p_lease, p_bound)
            ON CONFLICT DO NOTHING RETURNING s.rh, s.fence, s.known INTO rh, fence, known;
            IF FOUND THEN
                result := 'LEASED';
                RETURN;
            END IF;
            CONTINUE;
        END IF;
        IF r.rh_tail <> p_rh_tail[array_position(p_rh, r.rh)] THEN
            RAISE EXCEPTION 'Two resources of the tenant % have one hash', p_tenant USING ERRCODE = 'data_exception';
        END IF;
        known := r.known;
        tag := r.tag;
        -- The same attempt again goes on, under a new fence.
        IF r.attempt IS NOT NULL AND NOT (r.attempt = p_attempt AND r.lease_until > now) THEN
            result := CASE WHEN r.lease_until > now THEN 'BUSY' ELSE 'QUARANTINED' END;
            wait := CASE WHEN r.lease_until > now THEN r.lease_until - now ELSE r.lease_until + r.bound - now END;
            RETURN;
        END IF;
        -- What was changed without a tag must be read again: a tag that somebody still has may be an old one.
        failed := CASE
                WHEN r.known = 0 OR p_match IS NULL THEN false
                WHEN r.known = 3 THEN true
                WHEN p_match = '{*}' THEN false
                ELSE r.known = 2 OR r.tag <> ALL (p_match)
            END
            OR CASE
                WHEN p_none IS NULL THEN false
                WHEN p_none = '{*}' THEN r.known IN (1, 2)
                ELSE r.known = 1 AND r.tag = ANY (p_none)
            END;
        IF failed THEN
            result := 'FAILED';
            RETURN;
        END IF;
        PERFORM idempotency.require_durable();
        UPDATE idempotency.resource s SET rh = p_rh[1], rh_tail = p_rh_tail[1], fence = nextval('idempotency.resource_fence'),
            attempt = p_attempt, lease_until = now + p_lease, bound = p_bound
        WHERE s.tenant = p_tenant AND s.rh = r.rh AND s.fence = r.fence AND s.lease_until IS NOT DISTINCT FROM r.lease_until
        RETURNING s.rh, s.fence INTO rh, fence;
        IF FOUND THEN
            result := 'LEASED';
            RETURN;
        END IF;
    END LOOP;
    RAISE EXCEPTION 'The resource changed hands too often' USING ERRCODE = 'serialization_failure';
END
$$;

-- How a write ended. LOST: nobody knows; it is quarantined from now. KEPT: nothing took effect. CHANGED, perhaps with its new tag. DELETED.
CREATE FUNCTION idempotency.end_write(p_tenant text, p_rh uuid, p_fence bigint, p_how text, p_tag text) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF p_how = 'LOST' THEN
        UPDATE idempotency.resource s SET lease_until = least(s.lease_until, clock_timestamp())
        WHERE s.tenant = p_tenant AND s.rh = p_rh AND s.fence = p_fence AND s.attempt IS NOT NULL;
        RETURN FOUND;
    END IF;
    IF p_how = 'KEPT' THEN -- who asks for what is not there leaves nothing behind
        DELETE FROM idempotency.resource s
        WHERE s.tenant = p_tenant AND s.rh = p_rh AND s.fence = p_fence AND s.attempt IS NOT NULL AND s.known = 0;
        IF FOUND THEN
            RETURN true;
        END IF;
    END IF;
    UPDATE idempotency.resource s SET attempt = NULL, lease_until = NULL, bound = NULL, fence = nextval('idempotency.resource_fence'),
        known = CASE p_how WHEN 'KEPT' THEN s.known WHEN 'DELETED' THEN 3 ELSE CASE WHEN p_tag IS NULL THEN 2 ELSE 1 END END,
        tag = CASE p_how WHEN 'KEPT' THEN s.tag WHEN 'CHANGED' THEN p_tag END
    WHERE s.tenant = p_tenant AND s.rh = p_rh AND s.fence = p_fence AND s.attempt IS NOT NULL;
    RETURN FOUND;
END
$$;

-- What a read found that was sent when the row had this fence: null when there is nothing.
CREATE FUNCTION idempotency.observe(p_tenant text, p_rh uuid, p_fence bigint, p_tag text) RETURNS boolean
LANGUAGE sql VOLATILE AS $$
    WITH seen AS (
        UPDATE idempotency.resource s SET attempt = NULL, lease_until = NULL, bound = NULL, fence = nextval('idempotency.resource_fence'),
            known = CASE WHEN p_tag IS NULL THEN 3 ELSE 1 END, tag = p_tag
        WHERE s.tenant = p_tenant AND s.rh = p_rh AND s.fence = p_fence
        RETURNING 1)
    SELECT EXISTS (SELECT FROM seen)
$$;

ALTER TABLE idempotency.resource ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON idempotency.resource TO gatewright_service USING (true) WITH CHECK (true);
REVOKE ALL ON FUNCTION idempotency.lease(text, uuid[], uuid[], uuid, interval, interval, text[], text[]),
    idempotency.end_write(text, uuid, bigint, text, text), idempotency.observe(text, uuid, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency.lease(text, uuid[], uuid[], uuid, interval, interval, text[], text[]),
    idempotency.end_write(text, uuid, bigint, text, text), idempotency.observe(text, uuid, bigint, text) TO gatewright_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency.resource TO gatewright_service;
GRANT USAGE ON SEQUENCE idempotency.resource_fence TO gatewright_service;
