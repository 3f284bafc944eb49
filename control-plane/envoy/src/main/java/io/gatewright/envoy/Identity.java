package io.gatewright.envoy;

import static io.gatewright.envoy.Denial.all;
import static io.gatewright.envoy.Denial.any;
import static io.gatewright.envoy.Denial.claim;
import static io.gatewright.envoy.Denial.exactly;
import static io.gatewright.envoy.Denial.headerContains;
import static io.gatewright.envoy.Denial.headerIsOther;
import static io.gatewright.envoy.Denial.headerPresent;
import static io.gatewright.envoy.Denial.not;
import static io.gatewright.envoy.Denial.present;

import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
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
        List<Principal> accepted = effective.get(Catalog.OIDC_ISSUERS).stream()
                .flatMap(id -> Stream.ofNullable(settings.body(Issuer.class, Kind.ISSUER, id)))
                .filter(issuer -> issuer.tenant() == null || Objects.equals(issuer.tenant(), tenant))
                .map(issuer -> accepted(issuer, tenant))
                .toList();
        boolean required = effective.get(Catalog.OIDC_REQUIRED);
        Principal notAccepted = accepted.isEmpty() ? Denial.everybody() : not(any(accepted));
        denied.put(
                required ? Denial.TOKEN_OF_TENANT : Denial.TENANT_MISMATCH,
                any(List.of(
                        required ? notAccepted : all(token(), notAccepted),
                        headerIsOther("x-tenant-id", tenant),
                        headerIsOther(ScopeKey.LISTENER_HEADER, tenant))));
        return denied;
    }

    /**
     * What is refused for every tenant. ID tokens, which are for the client that asked for them and no proof
     * towards an API: Keycloak names them, and the others have claims that no access token has (OpenID Connect Core 1.0 §2,
     * RFC 9068 §2.2). A token beside other credentials, since only the first is verified and the upstream gets all. Upgrades:
     * Envoy itself refuses them only where the route is known before the token was verified.
     */
    static RBAC refusedForAll() {
        Principal idToken =
                any(List.of(claim("typ", exactly("ID")), claim("nonce", present()), claim("at_hash", present())));
        Principal several = all(headerContains("authorization", "bearer "), headerContains("authorization", ","));
        return Denial.rules(Map.of(
                Denial.ID_TOKEN, idToken,
                Denial.SEVERAL_TOKENS, several,
                Denial.UPGRADE, headerPresent("upgrade")));
    }

    private static Principal accepted(Issuer issuer, String tenant) {
        Principal fromIssuer = claim("iss", exactly(issuer.issuer().toString()));
        return issuer.tenant() == null ? all(fromIssuer, claim(issuer.tenantClaim(), exactly(tenant))) : fromIssuer;
    }

    private static Principal token() {
        return claim("iss", present());
    }
}
