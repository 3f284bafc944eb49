package io.gatewright.kong;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Tenant;
import java.util.List;

/**
 * Identity headers in the profile {@code native}: what a client sends of them is removed, and those of a tenant with an
 * issuer of its own are set. Kong's plugins check neither {@code iss} nor {@code aud}, know no tolerance of clocks, keep aliases
 * such as {@code X_Tenant_ID}, and cannot say who the tenant is when one issuer signs for several.
 */
final class NativeIdentity {
    private static final String PLUGIN = "request-transformer";
    private static final List<String> REMOVED = List.of(
            "Idempotency-Attempt", "X-Auth-Issuer", "X-Gateway-Verified", "X-Org-ID", "X-Tenant-ID", "X-User-ID");

    private NativeIdentity() {}

    static Entity ofService(Named<Module> module) {
        return Plugins.inService(PLUGIN, Names.service(module.id()), removing(), Services.provenance(module));
    }

    /** Takes the place of that of the service. */
    static Entity ofTenant(Named<Tenant> tenant) {
        ObjectNode config = removing();
        config.putObject("add")
                .set("headers", Json.array(List.of("X-Org-ID:" + tenant.body().org(), "X-Tenant-ID:" + tenant.id())));
        return Plugins.ofConsumer(
                PLUGIN,
                Names.tenant(tenant.id()),
                null,
                null,
                config,
                Provenance.of(new Sources().add(tenant.document()), tenant.id(), null));
    }

    /** Refuses a tenant that is suspended; in the profile {@code full} the guard does. */
    static Entity suspended(Named<Tenant> tenant) {
        return Plugins.ofConsumer(
                "request-termination",
                Names.tenant(tenant.id()),
                null,
                null,
                Json.object().put("status_code", 403).put("message", "The tenant is suspended"),
                Provenance.of(new Sources().add(tenant.document()), tenant.id(), null));
    }

    private static ObjectNode removing() {
        ObjectNode config = Json.object();
        config.putObject("remove").set("headers", Json.array(REMOVED));
        return config;
    }
}
