package io.gatewright.guard;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.events.CloudEvent;
import io.gatewright.guard.store.Claim;
import java.time.Duration;

/** The guard's events, as they go into the log. No body, no path, no key. Stateless. */
final class GuardEvents {
    static final String EXECUTED = "gateway.request.executed.v1";
    static final String UNKNOWN = "gateway.request.outcome-unknown.v1";

    private static final String SOURCE = "/gateway";
    private static final int LONGEST_ACTOR = 200;

    private GuardEvents() {}

    static String executed(Pending pending, Claim claim, int status, Duration took) {
        ObjectNode data = data(pending, claim)
                .put("status", status)
                .put("idempotent", true)
                .put("durationMillis", Math.max(0, took.toMillis()))
                .put("executedAt", pending.sentAt().plus(took).toString());
        return event(EXECUTED, "executed", pending, claim, data);
    }

    static String unknown(Pending pending, Claim claim, Ending.Cause cause, Duration took) {
        ObjectNode data = data(pending, claim)
                .put("cause", cause.text())
                .put("sentAt", pending.sentAt().toString())
                .put("noticedAt", pending.sentAt().plus(took).toString());
        return event(UNKNOWN, "unknown", pending, claim, data);
    }

    private static ObjectNode data(Pending pending, Claim claim) {
        Caller caller = pending.caller();
        ObjectNode data = JsonNodeFactory.instance
                .objectNode()
                .put("requestId", claim.attempt().toString())
                .put("method", pending.head().method())
                .put("module", caller.module());
        if (!caller.route().isEmpty()) {
            data.put("route", caller.route());
        }
        if (!caller.isAnonymous() && caller.actor().length() <= LONGEST_ACTOR) {
            data.put("actor", caller.actor());
        }
        return data;
    }

    /** @param end part of the id, since one request may end unknown first and answered later */
    private static String event(String type, String end, Pending pending, Claim claim, ObjectNode data) {
        Caller caller = pending.caller();
        CloudEvent.Builder event = CloudEvent.of(type, SOURCE)
                .id(claim.attempt() + "/" + claim.fence() + "/" + end)
                .key(claim.attempt().toString())
                .tenant(caller.tenant())
                .org(caller.org())
                .data(data);
        if (CloudEvent.isAttribute(caller.correlationId())) {
            event.with("correlationid", caller.correlationId());
        }
        return event.build().text();
    }
}
