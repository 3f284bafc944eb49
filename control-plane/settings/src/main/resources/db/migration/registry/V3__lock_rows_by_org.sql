-- A second lock behind the one in the code: a transaction writes documents, and their history, of those orgs only that
-- gatewright.orgs names ('*' for all). Where nothing is set, nothing is written. Everybody reads.

-- The org a document belongs to; null when it is the platform's. As the statement found things when it began, so that a
-- tenant that is removed together with its settings is still known.
CREATE FUNCTION registry.org_of(its_kind text, its_id text, its_body jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE
        WHEN its_kind = 'org' THEN its_id
        WHEN its_kind = 'tenant' THEN its_body ->> 'org'
        WHEN its_kind = 'setting' AND its_id LIKE 'org=%' THEN substring(its_id FROM '^org=([^,/]+)')
        WHEN its_kind = 'setting' AND its_id LIKE 'tenant=%' THEN (
            SELECT body ->> 'org' FROM registry.document
            WHERE kind = 'tenant' AND id = substring(its_id FROM '^tenant=([^,/]+)'))
    END;
END
$$;

-- The same as things are now, so that a tenant that is added by the same statement is known to its settings.
CREATE FUNCTION registry.org_of_now(its_kind text, its_id text, its_body jsonb) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN CASE
        WHEN its_kind = 'setting' AND its_id LIKE 'tenant=%' THEN (
            SELECT body ->> 'org' FROM registry.document
            WHERE kind = 'tenant' AND id = substring(its_id FROM '^tenant=([^,/]+)'))
        ELSE registry.org_of(its_kind, its_id, its_body)
    END;
END
$$;

ALTER TABLE registry.document ENABLE ROW LEVEL SECURITY;

CREATE POLICY everybody_reads ON registry.document FOR SELECT TO gatewright_service USING (true);
CREATE POLICY own_orgs_add ON registry.document FOR INSERT TO gatewright_service
    WITH CHECK (current_setting('gatewright.orgs', true) = '*'
        OR registry.org_of_now(kind, id, body) = ANY (string_to_array(current_setting('gatewright.orgs', true), ',')));
CREATE POLICY own_orgs_replace ON registry.document FOR UPDATE TO gatewright_service
    USING (current_setting('gatewright.orgs', true) = '*'
        OR registry.org_of(kind, id, body) = ANY (string_to_array(current_setting('gatewright.orgs', true), ',')))
    WITH CHECK (current_setting('gatewright.orgs', true) = '*'
        OR registry.org_of_now(kind, id, body) = ANY (string_to_array(current_setting('gatewright.orgs', true), ',')));
CREATE POLICY own_orgs_remove ON registry.document FOR DELETE TO gatewright_service
    USING (current_setting('gatewright.orgs', true) = '*'
        OR registry.org_of(kind, id, body) = ANY (string_to_array(current_setting('gatewright.orgs', true), ',')));

ALTER TABLE registry.change ENABLE ROW LEVEL SECURITY;

CREATE POLICY everybody_reads ON registry.change FOR SELECT TO gatewright_service USING (true);
CREATE POLICY own_orgs_add ON registry.change FOR INSERT TO gatewright_service
    WITH CHECK (current_setting('gatewright.orgs', true) = '*'
        OR registry.org_of_now(kind, id, coalesce(new_body, old_body))
            = ANY (string_to_array(current_setting('gatewright.orgs', true), ',')));
