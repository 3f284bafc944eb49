package io.gatewright.server.api;

import io.gatewright.registry.Party;
import io.gatewright.server.access.Caller;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Ownership;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import jakarta.enterprise.context.RequestScoped;
import java.util.Set;

/** Who sent the request that is being answered. One thread at a time. Until {@link Gate} knows, nobody. */
@RequestScoped
public class Requester {
    private Caller caller = new Caller("nobody", null, Set.of(), Set.of(), false);

    Caller caller() {
        return caller;
    }

    /** The same as the registry knows it. */
    Party party() {
        return new Party(caller.subject(), caller.actor(), caller.orgs(), caller.person());
    }

    /**
     * Who is limited to orgs touches what their tenants have only.
     *
     * @param tenant empty for what is of none
     * @throws Refusal 403
     */
    void requireOwn(Settings settings, String tenant) {
        Set<String> orgs = caller.orgs();
        String org = Ownership.org(settings, new DocumentKey(Kind.TENANT, tenant));
        if (orgs != null && (org == null || !orgs.contains(org))) {
            throw Refusal.of(
                    ProblemType.FORBIDDEN,
                    new Problem(
                            "tenant",
                            tenant.isEmpty()
                                    ? "is none, these are events of the platform"
                                    : tenant + " is of another org",
                            "ask somebody who may write for that org"));
        }
    }

    void is(Caller caller) {
        this.caller = caller;
    }
}
