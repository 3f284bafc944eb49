package io.gatewright.sidecar.policy;

import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Route;
import io.gatewright.settings.Body.Setting;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Document;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The routes whose modules can be asked what became of an attempt. Looked for once in each state of the settings. Thread-safe. */
public final class ProbedRoutes {
    private final Supplier<Settings> current;
    private volatile Known known = new Known(Settings.EMPTY, Map.of());

    private record Known(Settings settings, Map<String, Long> routes) {}

    /** @param current the newest settings, such as {@code SettingsFeed::current} */
    public ProbedRoutes(Supplier<Settings> current) {
        this.current = current;
    }

    /**
     * By the names that claims have, {@code module/route}, and {@code module/} for what meets the module's prefix only: the
     * last revision that said how one is asked.
     */
    public Map<String, Long> all() {
        Settings settings = current.get();
        Known now = known;
        if (now.settings != settings) {
            now = new Known(settings, routes(settings));
            known = now;
        }
        return now.routes;
    }

    private static Map<String, Long> routes(Settings settings) {
        Map<String, Long> routes = new HashMap<>();
        for (Document document : settings.all(Kind.SETTING)) {
            if (document.body() instanceof Setting setting && setting.key() == Catalog.IDEMPOTENCY_PROBE) {
                Set<String> names = switch (setting.scope().what()) {
                    case What.Route route -> Set.of(route.module() + '/' + route.name());
                    case What.Module module -> names(settings, module.id());
                    case What.Any any -> Set.of(); // it only switches off
                };
                names.forEach(name -> routes.merge(name, document.version(), Math::max));
            }
        }
        return Map.copyOf(routes);
    }

    private static Set<String> names(Settings settings, String id) {
        Set<String> names = new HashSet<>(Set.of(id + '/'));
        Module module = settings.body(Module.class, Kind.MODULE, id);
        for (Route route : module == null ? List.<Route>of() : module.routes()) {
            names.add(id + '/' + route.name());
        }
        return names;
    }

    /** How a tenant's attempts on a route are asked about; nothing where the settings do not say. */
    public Optional<Probe> find(String tenant, String name) {
        Settings settings = current.get();
        int slash = name.indexOf('/');
        String id = name.substring(0, slash);
        String route = name.substring(slash + 1);
        Module module = settings.body(Module.class, Kind.MODULE, id);
        if (module == null || settings.body(Tenant.class, Kind.TENANT, tenant) == null) {
            return Optional.empty();
        }
        Effective effective =
                settings.effective(tenant, route.isEmpty() ? new What.Module(id) : new What.Route(id, route));
        return effective
                .get(Catalog.IDEMPOTENCY_PROBE)
                .map(path -> new Probe(module.upstream(), path, effective.get(Catalog.IDEMPOTENCY_UPSTREAM_BOUND)));
    }
}
