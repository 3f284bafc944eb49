package io.gatewright.settings;

import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.Listener;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Org;
import io.gatewright.settings.Body.Setting;
import io.gatewright.settings.Body.SigningKeys;
import io.gatewright.settings.Body.Tenant;
import java.util.ArrayList;
import java.util.List;

/**
 * What documents need of each other. A reference is either to something that another document defines ({@code org/acme},
 * {@code route/orders/create}) or to something that only one document may claim ({@code host/…}, {@code prefix/…},
 * {@code port/…}).
 */
final class References {
    private References() {}

    static List<String> of(Body body) {
        List<String> references = new ArrayList<>();
        switch (body) {
            case Org org -> {}
            case Tenant tenant -> {
                references.add("org/" + tenant.org());
                tenant.hosts().forEach(host -> references.add("host/" + host));
            }
            case Module module -> references.add("prefix/" + module.prefix());
            case Issuer issuer -> {
                references.add("issuer-url/" + issuer.issuer());
                if (issuer.tenant() != null) {
                    references.add("tenant/" + issuer.tenant());
                }
            }
            case Listener listener -> {
                references.add("port/" + listener.address() + ":" + listener.port());
                if (listener.tenant() != null) {
                    references.add("tenant/" + listener.tenant());
                }
            }
            case Setting setting -> addSetting(setting, references);
            case SigningKeys keys -> {}
        }
        return references;
    }

    private static void addSetting(Setting setting, List<String> references) {
        switch (setting.scope().who()) {
            case Who.Global global -> {}
            case Who.Org org -> references.add("org/" + org.id());
            case Who.Tenant tenant -> references.add("tenant/" + tenant.id());
        }
        switch (setting.scope().what()) {
            case What.Any any -> {}
            case What.Module module -> references.add("module/" + module.id());
            case What.Route route -> {
                references.add("module/" + route.module());
                references.add("route/" + route.module() + "/" + route.name());
            }
        }
        if (setting.key() == Catalog.OIDC_ISSUERS && setting.value() instanceof List<?> issuers) {
            issuers.forEach(
                    issuer -> references.add("issuer/" + issuer.toString().replaceFirst("^!", "")));
        }
    }

    /** Whether only one document may hold this reference. */
    static boolean exclusive(String reference) {
        return reference.startsWith("host/")
                || reference.startsWith("prefix/")
                || reference.startsWith("port/")
                || reference.startsWith("issuer-url/");
    }
}
