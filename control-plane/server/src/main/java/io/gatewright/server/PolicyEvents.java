package io.gatewright.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.events.CloudEvent;
import io.gatewright.events.Observations;
import io.gatewright.xds.Acceptance;
import io.gatewright.xds.Rejection;
import io.gatewright.xds.ResourceKey;

/**
 * Tells as events what gateways make of the policies they are sent: {@code policy.applied.v1} and {@code policy.rejected.v1}.
 * Thread-safe; never blocks.
 */
public final class PolicyEvents {
    private static final String SOURCE = "/gateways";
    private static final String GATEWAY = "envoy";

    private final Publisher publisher;
    private final Observations observations;

    public PolicyEvents(Publisher publisher, Observations observations) {
        this.publisher = publisher;
        this.observations = observations;
    }

    /** A gateway runs something new; what all tenants share is no tenant's policy. */
    void accepted(Acceptance acceptance) {
        String tenant = publisher.owner(acceptance.key());
        if (tenant != null && acceptance.revision() > 0) {
            observations.offer(() -> applied(tenant, acceptance));
        }
    }

    /** A gateway refuses something, for the first time in that version. */
    void rejected(Rejection rejection) {
        if (rejection.since().equals(rejection.at()) && rejection.revision() > 0) {
            String owner = publisher.owner(rejection.key());
            String tenant = owner == null ? Derivation.SHARED : owner;
            observations.offer(() -> rejected(tenant, rejection));
        }
    }

    static CloudEvent applied(String tenant, Acceptance acceptance) {
        ObjectNode data = data(tenant, acceptance.node(), acceptance.revision())
                .put("version", acceptance.version())
                .put("appliedAt", acceptance.at().toString());
        return event("policy.applied.v1", tenant, acceptance.key(), data);
    }

    static CloudEvent rejected(String tenant, Rejection rejection) {
        ObjectNode data = data(tenant, rejection.node(), rejection.revision())
                .put("resource", rejection.key().name())
                .put("reason", rejection.reason().isBlank() ? "no reason given" : rejection.reason())
                .put("rejectedAt", rejection.at().toString());
        if (!rejection.version().isEmpty()) { // else it was a removal
            data.put("version", rejection.version());
        }
        return event("policy.rejected.v1", tenant, rejection.key(), data);
    }

    private static ObjectNode data(String tenant, String node, long revision) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("tenant", tenant)
                .put("node", node)
                .put("gateway", GATEWAY)
                .put("revision", revision);
    }

    private static CloudEvent event(String type, String tenant, ResourceKey key, ObjectNode data) {
        CloudEvent.Builder event = CloudEvent.of(type, SOURCE)
                .key(tenant)
                .with("subject", key.name())
                .data(data);
        return tenant.equals(Derivation.SHARED)
                ? event.build()
                : event.tenant(tenant).build();
    }
}
