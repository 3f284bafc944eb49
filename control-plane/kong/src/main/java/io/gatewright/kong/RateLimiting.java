package io.gatewright.kong;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body;
import io.gatewright.settings.Body.Endpoint;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Key;
import io.gatewright.settings.Kind;
import io.gatewright.settings.LimitScope;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's limits, on its consumer: one for everything, and one more for each module or route whose limit differs. Kong
 * counts in fixed windows; it knows neither bursts nor limits per actor nor counting without refusing, so a limit in the mode
 * {@code shadow} is not there.
 */
final class RateLimiting {
    static final String PLUGIN = "rate-limiting";
    private static final long BEYOND_ANY = 1_000_000_000;
    private static final List<Key<?>> KEYS = List.of(
            Catalog.RATE_LIMIT_MODE,
            Catalog.RATE_LIMIT_REQUESTS,
            Catalog.RATE_LIMIT_PERIOD,
            Catalog.RATE_LIMIT_COUNTING,
            Catalog.RATE_LIMIT_WHEN_STORE_FAILS);

    private final Settings settings;
    private final Joined joined;
    private final List<Named<Module>> modules;
    private final Target target;

    RateLimiting(Settings settings, Joined joined, List<Named<Module>> modules, Target target) {
        this.settings = settings;
        this.joined = joined;
        this.modules = modules;
        this.target = target;
    }

    List<Entity> plugins(String tenant) {
        List<Entity> plugins = new ArrayList<>();
        Effective own = joined.effective(tenant, What.ANY);
        boolean limited = limits(own);
        if (limited) {
            plugins.add(plugin(tenant, What.ANY, null, null, config(own)));
        }
        for (Named<Module> module : modules) {
            What.Module what = new What.Module(module.id());
            boolean moduleLimited = limited;
            if (differs(tenant, what)) {
                Effective effective = joined.effective(tenant, what);
                moduleLimited = add(plugins, tenant, what, Names.service(module.id()), null, effective, limited);
            }
            for (Body.Route route : module.body().routes()) {
                What.Route narrow = new What.Route(module.id(), route.name());
                if (differs(tenant, narrow)) {
                    String name = Names.route(module.id(), route.name());
                    add(plugins, tenant, narrow, null, name, joined.effective(tenant, narrow), moduleLimited);
                }
            }
        }
        return plugins;
    }

    /** Whether requests there are counted apart from those of the broader place. */
    private boolean differs(String tenant, What what) {
        return joined.isNamed(what)
                && settings.hasOwn(tenant, what)
                && LimitScope.of(settings, tenant, what).what().equals(what);
    }

    /** Says whether there is a plugin now that a narrower place without a limit would have to override. */
    private boolean add(
            List<Entity> plugins,
            String tenant,
            What what,
            @Nullable String service,
            @Nullable String route,
            Effective effective,
            boolean limitedAbove) {
        if (limits(effective)) {
            plugins.add(plugin(tenant, what, service, route, config(effective)));
            return true;
        }
        if (limitedAbove) { // one that is disabled would let the broader one count
            plugins.add(plugin(tenant, what, service, route, unlimited()));
        }
        return false;
    }

    private Entity plugin(
            String tenant, What what, @Nullable String service, @Nullable String route, ObjectNode config) {
        Sources sources = new Sources()
                .add(settings.get(new DocumentKey(Kind.TENANT, tenant)))
                .add(settings.sources(tenant, what, KEYS));
        String module = switch (what) {
            case What.Any any -> null;
            case What.Module of -> of.id();
            case What.Route of -> of.module();
        };
        return Plugins.ofConsumer(
                PLUGIN, Names.tenant(tenant), service, route, config, Provenance.of(sources, tenant, module));
    }

    private static boolean limits(Effective effective) {
        return effective.get(Catalog.RATE_LIMIT_MODE).equals("enforce");
    }

    private ObjectNode config(Effective effective) {
        boolean shared = effective.get(Catalog.RATE_LIMIT_COUNTING).equals("shared");
        Endpoint redis = shared ? target.redis() : null;
        ObjectNode config = Json.object()
                .put(period(effective.get(Catalog.RATE_LIMIT_PERIOD)), effective.get(Catalog.RATE_LIMIT_REQUESTS))
                .put("limit_by", "consumer")
                .put("policy", redis == null ? "local" : "redis")
                .put("hide_client_headers", false)
                .put(
                        "fault_tolerant",
                        effective.get(Catalog.RATE_LIMIT_WHEN_STORE_FAILS).equals("open"));
        if (redis != null) {
            config.putObject("redis").put("host", redis.host()).put("port", redis.port());
        }
        return config;
    }

    private static ObjectNode unlimited() {
        return Json.object()
                .put("second", BEYOND_ANY)
                .put("limit_by", "consumer")
                .put("policy", "local")
                .put("hide_client_headers", true)
                .put("fault_tolerant", true);
    }

    /** The periods that the catalogue allows are among those that Kong knows. */
    private static String period(Duration period) {
        if (period.equals(Duration.ofSeconds(1))) {
            return "second";
        }
        if (period.equals(Duration.ofMinutes(1))) {
            return "minute";
        }
        return period.equals(Duration.ofHours(1)) ? "hour" : "day";
    }
}
