package io.gatewright.settings;

import org.jspecify.annotations.Nullable;

/** Whose a document is. Immutable. */
public final class Ownership {
    private Ownership() {}

    /**
     * The org that a document belongs to in a state: the org itself, its tenants, and the settings of both. Null when it
     * belongs to the platform, as modules, issuers, listeners and settings for everybody do, or is not there.
     */
    public static @Nullable String org(Settings settings, DocumentKey key) {
        Document document = settings.get(key);
        return switch (document == null ? null : document.body()) {
            case Body.Org org -> key.id();
            case Body.Tenant tenant -> tenant.org();
            case Body.Setting setting -> org(settings, setting.scope().who());
            case null, default -> null;
        };
    }

    private static @Nullable String org(Settings settings, Who who) {
        return switch (who) {
            case Who.Global global -> null;
            case Who.Org org -> org.id();
            case Who.Tenant tenant -> {
                Body.Tenant body = settings.body(Body.Tenant.class, Kind.TENANT, tenant.id());
                yield body == null ? null : body.org();
            }
        };
    }
}
