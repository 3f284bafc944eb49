package io.gatewright.reference;

import io.gatewright.reference.Verdict.Limit;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Key;
import io.gatewright.settings.Scope;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import io.gatewright.settings.Who;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Which limit a request counts against: a module or route whose limit differs counts by itself. */
final class Limits {
    private static final List<Key<?>> KEYS = List.of(
            Catalog.RATE_LIMIT_MODE,
            Catalog.RATE_LIMIT_REQUESTS,
            Catalog.RATE_LIMIT_PERIOD,
            Catalog.RATE_LIMIT_BURST,
            Catalog.RATE_LIMIT_ACTOR_REQUESTS);

    private Limits() {}

    /** The limit, or null when limits are off. */
    static @Nullable Limit of(Settings settings, String tenant, Target target, Effective effective) {
        String mode = effective.get(Catalog.RATE_LIMIT_MODE);
        if (mode.equals("off")) {
            return null;
        }
        What what = target instanceof Target.Served served ? served.what() : What.ANY;
        OptionalLong actors = effective.get(Catalog.RATE_LIMIT_ACTOR_REQUESTS);
        return new Limit(
                new Scope(new Who.Tenant(tenant), counter(settings, tenant, what)).toString(),
                mode,
                effective.get(Catalog.RATE_LIMIT_REQUESTS),
                effective.get(Catalog.RATE_LIMIT_PERIOD).toString(),
                actors.isPresent() ? (Long) actors.getAsLong() : null);
    }

    private static What counter(Settings settings, String tenant, What what) {
        What broader = switch (what) {
            case What.Any any -> any;
            case What.Module module -> What.ANY;
            case What.Route route -> new What.Module(route.module());
        };
        if (broader.equals(what)) {
            return what;
        }
        Effective here = settings.effective(tenant, what);
        Effective above = settings.effective(tenant, broader);
        boolean same = KEYS.stream().allMatch(key -> here.get(key).equals(above.get(key)));
        return same ? counter(settings, tenant, broader) : what;
    }
}
