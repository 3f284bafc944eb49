package io.gatewright.server.api;

import io.gatewright.registry.Party;
import io.gatewright.server.access.Caller;
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

    void is(Caller caller) {
        this.caller = caller;
    }
}
