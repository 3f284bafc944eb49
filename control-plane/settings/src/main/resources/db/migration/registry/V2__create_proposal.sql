-- Change sets that wait for a second person, for their time, or for both.

CREATE TABLE registry.proposal (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state          text        NOT NULL
                   CHECK (state IN ('pending', 'scheduled', 'committed', 'rejected', 'withdrawn', 'failed')),
    author         text        NOT NULL CHECK (author ~ '\S'),
    author_actor   text        NOT NULL CHECK (author_actor ~ '\S'),
    author_orgs    text[],     -- those whose documents the author could write; null: every document
    author_person  boolean     NOT NULL,
    reason         text        NOT NULL CHECK (reason ~ '\S'),
    correlation_id text,
    changes        jsonb       NOT NULL CHECK (jsonb_typeof(changes) = 'array'),
    sensitive      boolean     NOT NULL,
    not_before     timestamptz,
    proposed_at    timestamptz NOT NULL,
    decided_by     text,
    decided_actor  text,
    decided_at     timestamptz,
    comment        text,
    revision       bigint      REFERENCES registry.revision (number),
    failure        text,
    CHECK (sensitive OR not_before IS NOT NULL),
    CHECK (sensitive OR state <> 'pending'),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (decided_actor IS NULL)),
    -- Nobody is the second person of his own change.
    CHECK (NOT sensitive OR state NOT IN ('scheduled', 'committed')
           OR (decided_by IS NOT NULL AND decided_by <> author)),
    CHECK ((state = 'committed') = (revision IS NOT NULL)),
    CHECK ((state = 'failed') = (failure IS NOT NULL))
);

CREATE INDEX proposal_scheduled ON registry.proposal (not_before) WHERE state = 'scheduled';
CREATE INDEX proposal_by_state ON registry.proposal (state, id);

CREATE FUNCTION registry.refuse_to_reopen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Proposal % is %, which is final', OLD.id, OLD.state USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER decided_stays BEFORE UPDATE ON registry.proposal
    FOR EACH ROW WHEN (OLD.state NOT IN ('pending', 'scheduled')) EXECUTE FUNCTION registry.refuse_to_reopen();
CREATE TRIGGER proposal_stays BEFORE DELETE OR TRUNCATE ON registry.proposal
    FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_to_rewrite_history();

-- What was proposed cannot be edited: whoever wants something else proposes it, and is its author.
GRANT SELECT, INSERT ON registry.proposal TO gatewright_service;
GRANT UPDATE (state, decided_by, decided_actor, decided_at, comment, revision, failure)
    ON registry.proposal TO gatewright_service;
