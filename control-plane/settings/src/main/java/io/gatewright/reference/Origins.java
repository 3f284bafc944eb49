package io.gatewright.reference;

import io.gatewright.settings.Catalog;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which pages may call (Fetch standard, CORS protocol). */
final class Origins {
    private Origins() {}

    /** Whether one of these allows the origin; a wildcard stands for exactly one label. */
    static boolean allow(Collection<String> allowed, String origin) {
        return allowed.stream().anyMatch(one -> allows(one, origin));
    }

    private static boolean allows(String allowed, String origin) {
        int wildcard = allowed.indexOf("*.");
        return wildcard < 0
                ? allowed.equals(origin)
                : origin.matches(Pattern.quote(allowed.substring(0, wildcard)) + "[a-z0-9-]+"
                        + Pattern.quote(allowed.substring(wildcard + 1)));
    }

    /** All origins that some tenant allows anywhere: who a preflight may come from whose tenant nobody knows yet. */
    static Set<String> ofAllTenants(Settings settings) {
        Set<String> all = new TreeSet<>();
        for (String tenant : settings.ids(Kind.TENANT)) {
            all.addAll(settings.effective(tenant, What.ANY).get(Catalog.CORS_ALLOWED_ORIGINS));
            for (String module : settings.ids(Kind.MODULE)) {
                all.addAll(settings.effective(tenant, new What.Module(module)).get(Catalog.CORS_ALLOWED_ORIGINS));
            }
        }
        return all;
    }
}
