package io.gatewright.reference;

import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.Listener;
import io.gatewright.settings.Body.SigningKeys;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who a request says it is, and whom it may be for. */
final class Identities {
    private Identities() {}

    /** The tenant that a request without a token is for: the listener's, else the header's, else the host's. */
    static @Nullable String named(Settings settings, SampleRequest request) {
        String fixed = listenerTenant(settings, request);
        if (fixed != null) {
            return fixed;
        }
        List<String> headers = request.lines("x-tenant-id");
        return selected(settings, headers.isEmpty() ? host(request.host()) : headers.getFirst());
    }

    /** The tenant of that id, of that host, or of the issuer of that URL that is fixed to it; no two can be equal. */
    private static @Nullable String selected(Settings settings, String key) {
        if (settings.ids(Kind.TENANT).contains(key)) {
            return key;
        }
        for (String tenant : settings.ids(Kind.TENANT)) {
            Tenant body = settings.body(Tenant.class, Kind.TENANT, tenant);
            if (body != null && body.hosts().contains(key)) {
                return tenant;
            }
        }
        for (String id : settings.ids(Kind.ISSUER)) {
            Issuer issuer = settings.body(Issuer.class, Kind.ISSUER, id);
            if (issuer != null
                    && issuer.tenant() != null
                    && issuer.issuer().toString().equals(key)) {
                return issuer.tenant();
            }
        }
        return null;
    }

    /** The tenant that a verified token is for, or null when it names none that exists. */
    static @Nullable String named(Settings settings, Issuer issuer, Token.Verified token) {
        return issuer.tenant() != null
                ? issuer.tenant()
                : token.claim(issuer.tenantClaim())
                        .map(id -> selected(settings, id))
                        .orElse(null);
    }

    static @Nullable String listenerTenant(Settings settings, SampleRequest request) {
        Listener listener =
                request.listener() == null ? null : settings.body(Listener.class, Kind.LISTENER, request.listener());
        return listener == null ? null : listener.tenant();
    }

    /** The issuer, when its tokens can be verified at all. */
    static Optional<Issuer> withKeys(Settings settings, String id) {
        SigningKeys keys = settings.body(SigningKeys.class, Kind.SIGNING_KEYS, id);
        return Optional.ofNullable(settings.body(Issuer.class, Kind.ISSUER, id))
                .filter(issuer -> keys != null
                        && keys.areOf(issuer)
                        && keys.keys().stream()
                                .anyMatch(key -> issuer.algorithms()
                                        .contains(key.path("alg")
                                                .asText(issuer.algorithms().getFirst()))));
    }

    static boolean isFor(Issuer issuer, Token.Verified token) {
        return !Collections.disjoint(issuer.audiences(), token.audiences());
    }

    /** Whether a tenant accepts a verified token. */
    static boolean accepts(Effective effective, String tenant, Issuer issuer, Token.Verified token) {
        return effective.get(Catalog.OIDC_ISSUERS).contains(token.issuer())
                && (issuer.tenant() == null
                        ? token.claim(issuer.tenantClaim())
                                .filter(tenant::equals)
                                .isPresent()
                        : Objects.equals(issuer.tenant(), tenant));
    }

    /** Capitals stay: browsers send none (URL standard), and gateways compare hosts as they are written. */
    private static String host(String written) {
        return written.replaceFirst(":[0-9]*$", "").replaceFirst("\\.$", "");
    }
}
