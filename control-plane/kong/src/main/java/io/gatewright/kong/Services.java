package io.gatewright.kong;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body.Endpoint;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Upstream;
import java.util.List;
import java.util.TreeSet;

/** A module as a service, and its endpoints as an upstream when there are several. */
final class Services {
    private Services() {}

    /** The service with what lies in it. */
    static Entity service(Named<Module> module, List<Entity> children) {
        Upstream upstream = module.body().upstream();
        ObjectNode fields = Json.object()
                .put("name", Names.service(module.id()))
                .put("protocol", upstream.tls() ? "https" : "http")
                .put("connect_timeout", upstream.connectTimeout().toMillis())
                .put("read_timeout", upstream.requestTimeout().toMillis())
                .put("write_timeout", upstream.requestTimeout().toMillis())
                // Kong would send PUT, DELETE and GET again after a read timeout, unseen by the record of idempotency.
                .put("retries", 0);
        if (balanced(upstream)) {
            fields.put("host", Names.upstream(module.id())).put("port", upstream.tls() ? 443 : 80);
        } else {
            Endpoint only = upstream.endpoints().getFirst();
            fields.put("host", only.host()).put("port", only.port());
        }
        if (upstream.tls()) {
            fields.put("tls_verify", true);
        }
        return new Entity(EntityType.SERVICE, Names.service(module.id()), fields, provenance(module), children);
    }

    /** Its upstream, or none. */
    static List<Entity> upstream(Named<Module> module) {
        Upstream upstream = module.body().upstream();
        if (!balanced(upstream)) {
            return List.of();
        }
        String name = Names.upstream(module.id());
        ObjectNode fields = Json.object().put("name", name);
        if (upstream.tls()) {
            fields.put("host_header", upstream.endpoints().getFirst().host()); // which is also the name in TLS
        }
        List<Entity> targets = new TreeSet<>(
                        upstream.endpoints().stream().map(Endpoint::toString).toList())
                .stream()
                        .map(target -> Entity.of(
                                EntityType.TARGET,
                                name + "/" + target,
                                Json.object().put("target", target).put("weight", 100),
                                provenance(module)))
                        .toList();
        return List.of(new Entity(EntityType.UPSTREAM, name, fields, provenance(module), targets));
    }

    static Provenance provenance(Named<Module> module) {
        return Provenance.of(new Sources().add(module.document()), null, module.id());
    }

    /** A host in a service cannot be an IPv6 address with its brackets; a target can. */
    private static boolean balanced(Upstream upstream) {
        return upstream.endpoints().size() > 1
                || upstream.endpoints().getFirst().host().startsWith("[");
    }
}
