-- One row for each issuer: when its signing keys were last asked for, by which replica, and what came of it. Whoever writes
-- asked_at is the one that asks.

CREATE TABLE registry.key_fetch (
    issuer        text        PRIMARY KEY,
    version       bigint      NOT NULL CHECK (version > 0), -- of the issuer document
    asked_at      timestamptz NOT NULL,
    asked_by      text        NOT NULL CHECK (asked_by ~ '\S'),
    ended_at      timestamptz,
    succeeded_at  timestamptz,
    failing_since timestamptz,
    failure       text        CHECK (failure ~ '\S'),
    CHECK ((failure IS NULL) = (failing_since IS NULL))
);

GRANT SELECT, INSERT, UPDATE, DELETE ON registry.key_fetch TO gatewright_service;
