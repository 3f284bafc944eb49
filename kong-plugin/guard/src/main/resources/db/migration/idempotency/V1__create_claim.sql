-- Idempotency keys: who runs what (claim), what came of it (response). Keys themselves are never here, only what an HMAC makes of them.

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

-- Small rows without an index on what changes, so that every end is a HOT update.
-- state: 1 in flight, 2 done, 3 released, 4 unknown. In flight with its lease over reads as unknown, done after expires as expired.
CREATE TABLE idempotency.claim (
    tenant      text        NOT NULL CHECK (tenant <> ''),
    kh          uuid        NOT NULL,
    kh_tail     uuid        NOT NULL,
    state       smallint    NOT NULL CHECK (state BETWEEN 1 AND 4),
    fp          bytea       NOT NULL CHECK (octet_length(fp) = 32),
    attempt     uuid        NOT NULL,
    fence       bigint      NOT NULL CHECK (fence > 0),
    lease_until timestamptz NOT NULL,
    created     timestamptz NOT NULL,
    expires     timestamptz NOT NULL,
    ended       timestamptz,
    status      smallint    CHECK (status BETWEEN 100 AND 599),
    hour        integer,
    digest      bytea       CHECK (octet_length(digest) = 32),
    location    text        CHECK (octet_length(location) <= 2000),
    cause       text,
    route       text        NOT NULL,
    correlation text        NOT NULL,
    PRIMARY KEY (tenant, kh),
    CHECK ((state = 1) = (ended IS NULL)),
    CHECK ((state = 2) = (status IS NOT NULL))
) PARTITION BY HASH (tenant, kh);

DO $$
BEGIN
    FOR i IN 0..7 LOOP
        EXECUTE format('CREATE TABLE idempotency.claim_%s PARTITION OF idempotency.claim FOR VALUES WITH (MODULUS 8, REMAINDER %s)'
            || ' WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02)', i, i);
    END LOOP;
END
$$;

-- Written once, and dropped by the hour. An hour that nobody prepared goes into the rest.
CREATE TABLE idempotency.response (
    hour    integer NOT NULL,
    attempt uuid    NOT NULL,
    fence   bigint  NOT NULL,
    tenant  text    NOT NULL,
    sealed  boolean NOT NULL,
    fields  bytea   NOT NULL,
    body    bytea   NOT NULL,
    PRIMARY KEY (hour, attempt, fence)
) PARTITION BY RANGE (hour);
CREATE TABLE idempotency.response_rest PARTITION OF idempotency.response DEFAULT;

-- How many keys a tenant holds, as last counted.
CREATE TABLE idempotency.usage (
    tenant  text        PRIMARY KEY,
    keys    bigint      NOT NULL,
    counted timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION idempotency.hour_of(at timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN floor(extract(epoch FROM at) / 3600)::integer;
