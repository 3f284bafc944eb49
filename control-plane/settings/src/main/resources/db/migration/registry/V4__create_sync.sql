-- One row for each sync that is over: what it was, and what it came to at each gateway. Unlike history it may be trimmed.

CREATE SEQUENCE registry.sync_id AS bigint;

CREATE TABLE registry.sync (
    id         bigint      PRIMARY KEY DEFAULT nextval('registry.sync_id'),
    replica    text        NOT NULL CHECK (replica ~ '\S'),
    trigger    text        NOT NULL CHECK (trigger IN ('startup', 'interval', 'manual', 'drift', 'revision')),
    dry_run    boolean     NOT NULL,
    -- No foreign key: a process that serves from its last good file may be ahead of a database that was restored.
    revision   bigint      NOT NULL CHECK (revision >= 0),
    started_at timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL CHECK (ended_at >= started_at),
    outcome    text        NOT NULL
               CHECK (outcome IN ('proven', 'rejected', 'timed-out', 'no-gateways', 'planned', 'failed')),
    changed    integer     NOT NULL CHECK (changed >= 0),
    drift      integer     NOT NULL CHECK (drift >= 0),
    report     jsonb       NOT NULL CHECK (jsonb_typeof(report) = 'object')
);

ALTER SEQUENCE registry.sync_id OWNED BY registry.sync.id;

CREATE INDEX sync_trigger ON registry.sync (trigger, id);

GRANT SELECT, INSERT, DELETE ON registry.sync TO gatewright_service;
GRANT USAGE ON SEQUENCE registry.sync_id TO gatewright_service;
