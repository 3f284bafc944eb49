package io.gatewright.sidecar.policy;

import io.gatewright.guard.GuardPolicy;
import io.gatewright.settings.Body;
import io.gatewright.settings.Body.RouteFlag;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The policy of each tenant and route, resolved when it is first asked for and forgotten when the settings change.
 * Thread-safe.
 */
public final class Policies {
    private final Supplier<Settings> current;
    private volatile Snapshot snapshot;

    /** Everything derived from one state of the settings. */
    private record Snapshot(Settings settings, RouteTable routes, ConcurrentHashMap<String, GuardPolicy> policies) {
        static Snapshot of(Settings settings) {
            return new Snapshot(settings, RouteTable.of(settings), new ConcurrentHashMap<>());
        }
    }

    /**
     * What a request meets.
     *
     * @param org of the tenant
     * @param module its id
     * @param route its name, empty when only the module's prefix matches
     */
    public record Met(String org, String module, String route, GuardPolicy policy) {}

    /** @param current the newest settings, such as {@code SettingsFeed::current} */
    public Policies(Supplier<Settings> current) {
        this.current = current;
        this.snapshot = Snapshot.of(current.get());
    }

    /** What a tenant's request meets; nothing when there is no such tenant or module. */
    public Optional<Met> find(String tenant, String method, String path) {
        Snapshot now = newest();
        Tenant owner = now.settings.body(Tenant.class, Kind.TENANT, tenant);
        Optional<RouteTable.Match> match = now.routes.find(method, path);
        if (owner == null || match.isEmpty()) {
            return Optional.empty();
        }
        RouteTable.Match found = match.get();
        GuardPolicy policy = now.policies.computeIfAbsent(
                tenant + '\n' + found.module() + '\n' + found.routeName(), key -> policy(now.settings, tenant, found));
        return Optional.of(new Met(owner.org(), found.module(), found.routeName(), policy));
    }

    private Snapshot newest() {
        Snapshot known = snapshot;
        Settings settings = current.get();
        if (known.settings != settings) {
            known = Snapshot.of(settings);
            snapshot = known;
        }
        return known;
    }

    private static GuardPolicy policy(Settings settings, String tenant, RouteTable.Match match) {
        Body.Route route = match.route();
        What what = route == null ? new What.Module(match.module()) : new What.Route(match.module(), route.name());
        return GuardPolicy.of(
                settings.effective(tenant, what),
                route != null && route.flags().contains(RouteFlag.DEDUPLICATES),
                match.body().upstream().requestTimeout());
    }
}
