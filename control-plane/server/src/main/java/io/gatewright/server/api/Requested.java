package io.gatewright.server.api;

import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of queries. */
final class Requested {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private Requested() {}

    static String tenant(Settings settings, @Nullable String tenant) {
        if (tenant == null) {
            throw Refusal.badRequest("tenant", "is missing", "name the tenant, as in ?tenant=acme-de");
        }
        if (!settings.ids(Kind.TENANT).contains(tenant)) {
            throw Refusal.notFound("tenant", "tenant " + tenant, "see /v1/documents/tenant");
        }
        return tenant;
    }

    static What what(Settings settings, @Nullable String module, @Nullable String route) {
        if (route != null) {
            String[] names = route.split("/", -1);
            var body = settings.body(io.gatewright.settings.Body.Module.class, Kind.MODULE, names[0]);
            if (names.length != 2 || body == null || body.route(names[1]) == null) {
                throw Refusal.notFound("route", "route " + route, "write MODULE/ROUTE; see /v1/documents/module");
            }
            return new What.Route(names[0], names[1]);
        }
        if (module != null) {
            if (!settings.ids(Kind.MODULE).contains(module)) {
                throw Refusal.notFound("module", "module " + module, "see /v1/documents/module");
            }
            return new What.Module(module);
        }
        return What.ANY;
    }

    /** A number that is not negative. */
    static long number(String name, String value) {
        if (!value.matches("[0-9]{1,18}")) {
            throw Refusal.badRequest(name, "is not a whole number", "write digits only");
        }
        return Long.parseLong(value);
    }

    static boolean flag(String name, @Nullable String value) {
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw Refusal.badRequest(name, "is neither true nor false", "write one of them, or leave it out");
        }
        return "true".equals(value);
    }

    static Duration wait(@Nullable String wait) {
        if (wait == null) {
            return Duration.ZERO;
        }
        try {
            Duration duration = Duration.parse(wait);
            if (!duration.isNegative() && duration.compareTo(LONGEST_WAIT) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // falls to the refusal below
        }
        throw Refusal.badRequest("wait", "is not a duration up to " + LONGEST_WAIT, "write it as PT5S");
    }
}
