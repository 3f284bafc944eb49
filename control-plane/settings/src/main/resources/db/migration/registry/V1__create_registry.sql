-- The settings registry: what is (document), and how it came to be (revision, change).

CREATE TABLE registry.revision (
    number         bigint      PRIMARY KEY CHECK (number > 0),
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor          text        NOT NULL CHECK (actor ~ '\S'),
    reason         text        NOT NULL CHECK (reason ~ '\S'),
    correlation_id text,
    previous       bigint      GENERATED ALWAYS AS (nullif(number - 1, 0)) STORED,
    previous_hash  bytea       NOT NULL CHECK (length(previous_hash) = 32),
    hash           bytea       NOT NULL CHECK (length(hash) = 32),
    UNIQUE (number, hash),
    -- Gap-free and chained: every revision but the first follows the one before it and names its hash.
    FOREIGN KEY (previous, previous_hash) REFERENCES registry.revision (number, hash),
    CHECK (number > 1 OR previous_hash = decode(repeat('00', 32), 'hex'))
);

CREATE INDEX revision_at ON registry.revision (at);

CREATE TABLE registry.document (
    kind    text   NOT NULL
            CHECK (kind IN ('org', 'tenant', 'module', 'issuer', 'listener', 'setting', 'signing-keys')),
    id      text   NOT NULL CHECK (length(id) BETWEEN 1 AND 400),
    version bigint NOT NULL REFERENCES registry.revision (number),
    body    jsonb  NOT NULL CHECK (jsonb_typeof(body) = 'object'),
    PRIMARY KEY (kind, id)
);

CREATE TABLE registry.change (
    revision    bigint  NOT NULL REFERENCES registry.revision (number),
    position    integer NOT NULL CHECK (position >= 0),
    kind        text    NOT NULL
                CHECK (kind IN ('org', 'tenant', 'module', 'issuer', 'listener', 'setting', 'signing-keys')),
    id          text    NOT NULL CHECK (length(id) BETWEEN 1 AND 400),
    old_version bigint  CHECK (old_version < revision),
    old_body    jsonb   CHECK (jsonb_typeof(old_body) = 'object'),
    new_body    jsonb   CHECK (jsonb_typeof(new_body) = 'object'),
    PRIMARY KEY (revision, position),
    -- One document changes at most once in a revision; also the way to a document's history.
    UNIQUE (kind, id, revision),
    -- What was there before is what an earlier revision wrote.
    FOREIGN KEY (kind, id, old_version) REFERENCES registry.change (kind, id, revision),
    CHECK ((old_version IS NULL) = (old_body IS NULL)),
    CHECK (old_body IS NOT NULL OR new_body IS NOT NULL)
);

CREATE FUNCTION registry.refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history of the registry cannot be rewritten: % on registry.%', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'Write a new revision that restores the old bodies.';
END
$$;

CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON registry.revision
    FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_to_rewrite_history();
CREATE TRIGGER history_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON registry.change
    FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_to_rewrite_history();

-- Roles belong to the whole cluster: another database's migration may have made this one, or be making it right now.
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

GRANT USAGE ON SCHEMA registry TO gatewright_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON registry.document TO gatewright_service;
GRANT SELECT, INSERT ON registry.revision, registry.change TO gatewright_service;
