-- What operators did with parked keys, and why. Written in the transaction that did it, and never changed.

CREATE TABLE events.intervention (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor    text        NOT NULL CHECK (actor ~ '\S'),
    reason   text        NOT NULL CHECK (reason ~ '\S'),
    action   text        NOT NULL CHECK (action IN ('replay', 'discard')),
    consumer text        NOT NULL,
    part     smallint    NOT NULL CHECK (part BETWEEN 0 AND 63),
    tenant   text        NOT NULL,
    key      text        NOT NULL,
    position bigint      NOT NULL
);

CREATE INDEX intervention_consumer ON events.intervention (consumer, id);

CREATE FUNCTION events.refuse_to_rewrite_interventions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What operators did cannot be rewritten: % on events.intervention', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER interventions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON events.intervention
    FOR EACH STATEMENT EXECUTE FUNCTION events.refuse_to_rewrite_interventions();

REVOKE ALL ON FUNCTION events.refuse_to_rewrite_interventions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION events.refuse_to_rewrite_interventions TO gatewright_service;
GRANT SELECT, INSERT ON events.intervention TO gatewright_service;
