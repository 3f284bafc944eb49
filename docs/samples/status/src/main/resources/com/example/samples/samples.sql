CREATE SCHEMA samples;

-- What the module knows to be true. Version 0 is a row that waits for its first change.
CREATE TABLE samples.sample (
    tenant  text NOT NULL,
    id      text NOT NULL,
    version bigint NOT NULL,
    status  text,
    PRIMARY KEY (tenant, id),
    CHECK ((version = 0) = (status IS NULL))
);

-- What it shows: made from events alone.
CREATE TABLE samples.board (
    tenant     text NOT NULL,
    id         text NOT NULL,
    version    bigint NOT NULL,
    status     text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, id)
);

GRANT USAGE ON SCHEMA samples TO gatewright_service;
GRANT SELECT, INSERT, UPDATE ON samples.sample TO gatewright_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON samples.board TO gatewright_service;
