package io.gatewright.reference;

import io.gatewright.reference.Verdict.Limit;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.LimitScope;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Which limit a request counts against: a module or route whose limit differs counts by itself. */
final class Limits {
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
                LimitScope.of(settings, tenant, what).toString(),
                mode,
                effective.get(Catalog.RATE_LIMIT_REQUESTS),
                effective.get(Catalog.RATE_LIMIT_PERIOD).toString(),
                actors.isPresent() ? (Long) actors.getAsLong() : null);
    }
}
