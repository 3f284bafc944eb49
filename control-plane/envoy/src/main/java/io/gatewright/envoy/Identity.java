package io.gatewright.envoy;

import static io.gatewright.envoy.Denial.all;
import static io.gatewright.envoy.Denial.any;
import static io.gatewright.envoy.Denial.claim;
import static io.gatewright.envoy.Denial.exactly;
import static io.gatewright.envoy.Denial.headerIs;
import static io.gatewright.envoy.Denial.headerPresent;
import static io.gatewright.envoy.Denial.not;
import static io.gatewright.envoy.Denial.present;

import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Who may call a tenant: a token where one is required, and never a token, header or listener of another tenant. The
 * tenant stands in the scope as a constant, which is cheaper than comparing two values and cannot fail open.
 */
final class Identity {
    private Identity() {}

    static Map<String, Principal> denied(Settings settings, String tenant, Effective effective) {
        Map<String, Principal> denied = new HashMap<>();
        Principal token = claim("iss", present());
        if (effective.get(Catalog.OIDC_REQUIRED)) {
            denied.put(Denial.TOKEN_REQUIRED, not(token));
        }
        List<Principal> accepted = effective.get(Catalog.OIDC_ISSUERS).stream()
                .flatMap(id -> Stream.ofNullable(settings.body(Issuer.class, Kind.ISSUER, id)))
                .filter(issuer -> issuer.tenant() == null || Objects.equals(issuer.tenant(), tenant))
                .map(issuer -> accepted(issuer, tenant))
                .toList();
        Principal foreignToken = accepted.isEmpty() ? token : all(token, not(any(accepted)));
        denied.put(
                Denial.TENANT_MISMATCH,
                any(List.of(foreignToken, other("x-tenant-id", tenant), other(ScopeKey.LISTENER_HEADER, tenant))));
        return denied;
    }

    private static Principal accepted(Issuer issuer, String tenant) {
        Principal fromIssuer = claim("iss", exactly(issuer.issuer().toString()));
        return issuer.tenant() == null ? all(fromIssuer, claim(issuer.tenantClaim(), exactly(tenant))) : fromIssuer;
    }

    private static Principal other(String header, String tenant) {
        return all(headerPresent(header), not(headerIs(header, tenant)));
    }
}
