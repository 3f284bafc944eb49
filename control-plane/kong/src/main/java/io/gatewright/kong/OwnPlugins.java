package io.gatewright.kong;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.What;
import java.util.ArrayList;
import java.util.List;

/**
 * Gatewright's own plugins on a route. Their config only names it: what they do there for a tenant they read from the
 * settings, so that a tenant's change needs nothing of Kong. A plugin that sees answers makes Kong buffer them, so the one
 * for idempotency is only where some tenant wants it.
 */
final class OwnPlugins {
    static final String GUARD = "gatewright-guard";
    static final String IDEMPOTENCY = "gatewright-idempotency";

    private OwnPlugins() {}

    static List<Entity> of(Joined joined, Named<Body.Module> module, Body.Route route) {
        String name = Names.route(module.id(), route.name());
        List<Entity> plugins = new ArrayList<>();
        plugins.add(Plugins.inRoute(GUARD, name, config(module.id(), route), Services.provenance(module)));
        if (keyed(joined, module.id(), route)) {
            plugins.add(Plugins.inRoute(IDEMPOTENCY, name, config(module.id(), route), Services.provenance(module)));
        }
        return plugins;
    }

    private static ObjectNode config(String module, Body.Route route) {
        ObjectNode config = Json.object().put("module", module);
        return route.name().isEmpty() ? config : config.put("route", module + "/" + route.name());
    }

    private static boolean keyed(Joined joined, String module, Body.Route route) {
        What what = route.name().isEmpty() ? new What.Module(module) : new What.Route(module, route.name());
        List<String> methods = Routes.methods(route);
        return joined.any(
                what,
                effective -> (!effective.get(Catalog.IDEMPOTENCY_MODE).equals("off")
                                && effective.get(Catalog.IDEMPOTENCY_METHODS).stream()
                                        .anyMatch(methods::contains))
                        || keepsLedger(effective));
    }

    /** Then every write counts, and every read may tell something. */
    private static boolean keepsLedger(Effective effective) {
        return !effective.get(Catalog.PRECONDITION_MODE).equals("off")
                && effective.get(Catalog.PRECONDITION_IF_MATCH).equals("sole-writer");
    }
}
