package io.gatewright.guard;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Who calls what, as the gateway has proved it; nothing of it is what a client says. Immutable.
 *
 * @param tenant its id
 * @param org the tenant's organisation
 * @param actor the subject of the verified token, empty when there is none
 * @param module the module's id
 * @param route the route's name in the registry, empty when only the module's prefix matches
 * @param correlationId of this request
 * @param requestId the gateway's own for this request: asking twice with the same one is asking once
 */
public record Caller(
        String tenant, String org, String actor, String module, String route, String correlationId, String requestId) {
    /** The name of the field by which the upstream learns {@link #attempt}; no client may send it. */
    public static final String ATTEMPT = "idempotency-attempt";

    /** What this request's attempt at its key is called, also towards the upstream. */
    public UUID attempt() {
        return UUID.nameUUIDFromBytes(requestId.getBytes(StandardCharsets.UTF_8));
    }

    public boolean isAnonymous() {
        return actor.isEmpty();
    }
}
