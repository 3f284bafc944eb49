package io.gatewright.reference;

import io.gatewright.reference.Verdict.CorrelationId;
import io.gatewright.reference.Verdict.Limit;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One request on its way through the rules. Used once, by one thread. */
final class Passage {
    private final Settings settings;
    private final SampleRequest request;
    private final HeaderRules headers;
    private Target target = new Target.Nothing();
    private @Nullable String tenant;
    private @Nullable String org;
    private @Nullable String actor;
    private @Nullable Limit limit;
    private @Nullable String allowedOrigin;
    private CorrelationId correlation = CorrelationId.NONE;

    Passage(Settings settings, SampleRequest request) {
        this.settings = settings;
        this.request = request;
        this.headers = new HeaderRules(request);
    }

    Verdict verdict() {
        Optional<String> path = PathForm.of(request.path());
        if (path.isEmpty() || request.host().isEmpty() || headers.haveAnUnderscore()) {
            return refuse(400, "bad-request", "the path, a header's name or the host is not accepted");
        }
        if (headers.areTooLarge(settings.global().get(Catalog.HEADERS_MAX_BYTES))) {
            return refuse(431, "headers-too-large", "more than headers.max-bytes, or more than " + HeaderRules.MOST);
        }
        correlation = headers.keepCorrelation() ? CorrelationId.KEPT : CorrelationId.MADE;
        target = Target.of(settings, request.method(), path.get());
        tenant = Identities.named(settings, request);
        return preflight().or(this::token).orElseGet(this::access);
    }

    private Optional<Verdict> preflight() {
        String origin = request.header("origin");
        if (origin == null || origin.isEmpty()) {
            return Optional.empty();
        }
        String found = tenant;
        if (found == null && request.asksForMethod()) {
            return preflight(Origins.ofAllTenants(settings), origin, "no tenant is known by this host")
                    .or(() ->
                            Optional.of(refuse(404, "not-found", "no tenant allows any page, and this host has none")));
        }
        if (found == null || !(target instanceof Target.Served)) {
            return Optional.empty();
        }
        List<String> allowed = effective(found).get(Catalog.CORS_ALLOWED_ORIGINS);
        allowedOrigin = Origins.allow(allowed, origin) ? origin : null;
        return request.asksForMethod() ? preflight(allowed, origin, "tenant " + found) : Optional.empty();
    }

    private Optional<Verdict> preflight(Collection<String> allowed, String origin, String whose) {
        if (allowed.isEmpty()) {
            return Optional.empty();
        }
        allowedOrigin = Origins.allow(allowed, origin) ? origin : null;
        return Optional.of(answer(
                200,
                null,
                "a preflight, answered with" + (allowedOrigin == null ? "out" : "") + " permission: " + whose,
                Map.of()));
    }

    private boolean bypassesToken() {
        String origin = request.header("origin");
        return request.asksForMethod() && origin != null && !origin.isEmpty();
    }

    private Optional<Verdict> token() {
        if (bypassesToken()) {
            return Optional.empty();
        }
        return switch (request.token()) {
            case Token.None none -> Optional.empty();
            case Token.Invalid invalid -> Optional.of(refuse(401, "invalid-token", "the token does not hold"));
            case Token.Verified verified -> verified(verified);
        };
    }

    private Optional<Verdict> verified(Token.Verified token) {
        Optional<Issuer> issuer = Identities.withKeys(settings, token.issuer());
        if (issuer.isEmpty()) {
            return Optional.of(refuse(401, "invalid-token", "issuer " + token.issuer() + " is unknown or has no keys"));
        }
        if (!Identities.isFor(issuer.get(), token)) {
            return Optional.of(refuse(403, "invalid-token", "the token is for another audience"));
        }
        if (token.isIdToken()) {
            return Optional.of(refuse(401, "invalid-token", "it is an ID token"));
        }
        tenant = Identities.named(settings, issuer.get(), token);
        actor = token.claim(issuer.get().actorClaim()).orElse(null);
        String origin = request.header("origin");
        if (tenant != null
                && origin != null
                && target instanceof Target.Served
                && Origins.allow(effective(tenant).get(Catalog.CORS_ALLOWED_ORIGINS), origin)) {
            allowedOrigin = origin;
        }
        return Optional.empty();
    }

    private Verdict access() {
        Tenant found = tenant == null ? null : settings.body(Tenant.class, Kind.TENANT, tenant);
        if (tenant == null || found == null) {
            return request.token() instanceof Token.None
                    ? refuse(401, "token-required", "neither token, header nor host names a tenant")
                    : refuse(404, "unknown-tenant", "the token names no tenant that exists");
        }
        org = found.org();
        if (target instanceof Target.Beacon) {
            return beacon();
        }
        if (found.suspended()) {
            return refuse(403, "tenant-suspended", "tenant " + tenant + " is suspended");
        }
        return admitted(tenant, effective(tenant));
    }

    private Verdict admitted(String id, Effective effective) {
        boolean hasToken = request.token() instanceof Token.Verified && !bypassesToken();
        if (!hasToken && effective.get(Catalog.OIDC_REQUIRED)) {
            return refuse(401, "token-required", "oidc.required is true for " + id);
        }
        String mismatch = mismatch(id, effective, hasToken);
        if (mismatch != null) {
            return refuse(403, "tenant-mismatch", mismatch);
        }
        for (String name : effective.get(Catalog.HEADERS_REQUIRED)) {
            if (headers.lack(name, actor)) {
                return refuse(400, "missing-header", "headers.required names " + name + " for " + id);
            }
        }
        if (effective.get(Catalog.CORRELATION_ACCEPT).equals("never")) {
            correlation = CorrelationId.MADE;
        }
        long most = effective.get(Catalog.BODY_MAX_BYTES);
        if (request.bodyBytes() > most) {
            return refuse(413, "body-too-large", "body.max-bytes is " + most + " for " + id);
        }
        limit = Limits.of(settings, id, target, effective);
        return target instanceof Target.Served
                ? answer(200, null, "passed on to " + target, identity(id))
                : refuse(404, "not-found", "no module serves this path");
    }

    private Verdict beacon() {
        return answer(200, null, "the gateway says which policy it runs", Map.of());
    }

    private @Nullable String mismatch(String id, Effective effective, boolean hasToken) {
        if (hasToken && request.token() instanceof Token.Verified token) {
            Optional<Issuer> issuer = Identities.withKeys(settings, token.issuer());
            if (issuer.isEmpty() || !Identities.accepts(effective, id, issuer.get(), token)) {
                return "tenant " + id + " does not accept tokens of issuer " + token.issuer();
            }
        }
        List<String> lines = request.lines("x-tenant-id");
        if (!lines.isEmpty() && !lines.contains(id)) {
            return "the header x-tenant-id does not say " + id;
        }
        String listener = Identities.listenerTenant(settings, request);
        return listener == null || listener.equals(id) ? null : "the listener is fixed to " + listener;
    }

    private Map<String, String> identity(String id) {
        Map<String, String> headers = new TreeMap<>(Map.of("x-tenant-id", id));
        if (org != null) {
            headers.put("x-org-id", org);
        }
        if (actor != null) {
            headers.put("x-user-id", actor);
        }
        return headers;
    }

    private Effective effective(String id) {
        return settings.effective(id, target instanceof Target.Served served ? served.what() : What.ANY);
    }

    private Verdict refuse(int status, String problem, String reason) {
        return answer(status, problem, reason, Map.of());
    }

    private Verdict answer(int status, @Nullable String problem, String reason, Map<String, String> upstream) {
        String route = target instanceof Target.Served ? target.toString() : null;
        return new Verdict(
                status,
                problem,
                reason,
                tenant,
                org,
                actor,
                route,
                Map.copyOf(upstream),
                limit,
                correlation,
                allowedOrigin);
    }
}
