package io.gatewright.settings;

import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Setting;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** The tenants whose policy a change may touch. Immutable. */
public sealed interface AffectedTenants {

    /** Every tenant. */
    record All() implements AffectedTenants {}

    /** These tenants, some of which may be new or gone. */
    record Some(Set<String> tenants) implements AffectedTenants {}

    /** Whom the change of these documents may touch. Never too few, seldom too many. */
    static AffectedTenants between(Settings previous, Settings current, Collection<DocumentKey> changed) {
        Set<String> tenants = new HashSet<>();
        for (DocumentKey key : changed) {
            boolean everybody = switch (key.kind()) {
                case ORG, LISTENER, SIGNING_KEYS -> false;
                case ISSUER -> true;
                case MODULE -> routesDiffer(previous, current, key.id());
                case TENANT -> {
                    tenants.add(key.id());
                    yield false;
                }
                case SETTING -> addSetting(previous, current, key, tenants);
            };
            if (everybody) {
                return new All();
            }
        }
        return new Some(Set.copyOf(tenants));
    }

    private static boolean routesDiffer(Settings previous, Settings current, String id) {
        Module before = previous.body(Module.class, Kind.MODULE, id);
        Module after = current.body(Module.class, Kind.MODULE, id);
        return before == null
                || after == null
                || !before.prefix().equals(after.prefix())
                || !before.routes().equals(after.routes())
                || !before.upstream().requestTimeout().equals(after.upstream().requestTimeout());
    }

    private static boolean addSetting(Settings previous, Settings current, DocumentKey key, Set<String> tenants) {
        Document document = current.get(key) == null ? previous.get(key) : current.get(key);
        if (document == null || !(document.body() instanceof Setting setting)) {
            return false;
        }
        return switch (setting.scope().who()) {
            case Who.Global global -> true;
            case Who.Org org -> {
                tenants.addAll(current.tenantsOf(org.id()));
                yield false;
            }
            case Who.Tenant tenant -> {
                tenants.add(tenant.id());
                yield false;
            }
        };
    }
}
