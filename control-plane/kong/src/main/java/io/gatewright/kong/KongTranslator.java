package io.gatewright.kong;

import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Settings to the configuration of a Kong. Thread-safe: pure functions. */
public final class KongTranslator {
    private KongTranslator() {}

    /**
     * What settings come to. Immutable.
     *
     * @param failures tenants whose entities could not be made and are left out, with the reason
     */
    public record Translation(Bundle bundle, Map<String, String> failures) {}

    /** Everything that a Kong shall run. */
    public static Translation translate(Settings settings, Target target) {
        Joined joined = new Joined(settings);
        List<Named<Module>> modules = Named.all(settings, Kind.MODULE, Module.class);
        boolean full = target.profile() == Profile.FULL;
        NativeJwt jwt = new NativeJwt(settings, joined);
        List<Entity> entities = new ArrayList<>();
        entities.add(CorrelationId.plugin());
        Map<What, Cors> cors = new HashMap<>();
        for (Named<Module> module : modules) {
            entities.addAll(Services.upstream(module));
            entities.add(service(joined, cors, module, jwt, full));
        }
        if (!full) {
            entities.addAll(jwt.consumers());
        }
        RateLimiting limits = new RateLimiting(settings, joined, modules, target);
        Map<String, String> failures = new TreeMap<>();
        for (Named<Tenant> tenant : joined.tenants()) {
            try {
                entities.addAll(tenant(tenant, limits, full ? null : jwt));
            } catch (RuntimeException e) {
                failures.put(tenant.id(), String.valueOf(e.getMessage()));
            }
        }
        return new Translation(Bundle.of(entities), Map.copyOf(failures));
    }

    private static Entity service(
            Joined joined, Map<What, Cors> cors, Named<Module> module, NativeJwt jwt, boolean full) {
        List<Entity> children = new ArrayList<>();
        Cors.plugin(joined, cors, module.id()).ifPresent(children::add);
        if (!full) {
            children.add(jwt.plugin(module));
            children.add(NativeIdentity.ofService(module));
        }
        children.addAll(Routes.of(module, route -> full ? OwnPlugins.of(joined, module, route) : List.of()));
        return Services.service(module, children);
    }

    /** @param jwt null in the profile full */
    private static List<Entity> tenant(Named<Tenant> tenant, RateLimiting limits, @Nullable NativeJwt jwt) {
        List<Entity> entities = new ArrayList<>();
        String name = Names.tenant(tenant.id());
        entities.add(new Entity(
                EntityType.CONSUMER,
                name,
                Json.object().put("username", name),
                Provenance.of(new Sources().add(tenant.document()), tenant.id(), null),
                jwt == null ? List.of() : jwt.credentials(tenant.id())));
        if (jwt != null) {
            entities.add(NativeIdentity.ofTenant(tenant));
        }
        if (!tenant.body().suspended()) {
            entities.addAll(limits.plugins(tenant.id()));
        } else if (jwt != null) {
            entities.add(NativeIdentity.suspended(tenant));
        }
        return entities;
    }
}
