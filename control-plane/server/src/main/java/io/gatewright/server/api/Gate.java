package io.gatewright.server.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.server.Configuration;
import io.gatewright.server.access.CallRates;
import io.gatewright.server.access.Caller;
import io.gatewright.server.access.Login;
import io.gatewright.settings.Problem;
import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/**
 * What every request to the API passes before anything looks at it: who is it, not too often, with the right role, not too
 * large. Health, metrics and the like are not of the API and do not come here. A token of an issuer was verified by Quarkus
 * before; one that is not good does not come here either ({@link BadTokens}). Thread-safe; does not block.
 */
@Provider
@PreMatching
@ApplicationScoped // made when it is first needed: Quarkus makes providers while it still builds itself
public class Gate implements ContainerRequestFilter {
    private static final String BEARER = "Bearer ";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Login login;
    private final CallRates rates;
    private final Configuration configuration;
    private final SecurityIdentity identity;
    private final Requester requester;
    private final HttpServerRequest http;

    public Gate(
            Login login,
            CallRates rates,
            Configuration configuration,
            SecurityIdentity identity,
            Requester requester,
            HttpServerRequest http) {
        this.login = login;
        this.rates = rates;
        this.configuration = configuration;
        this.identity = identity;
        this.requester = requester;
        this.http = http;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Optional<Caller> found = switch (login) {
            case Login.Local local -> local(local, request.getHeaderString(HttpHeaders.AUTHORIZATION));
            case Login.Issuer issuer -> issued(issuer);
        };
        // Whoever guesses at tokens is counted by address, and cannot use up what a caller may do.
        Duration wait = rates.take(found.map(caller -> "subject " + caller.subject())
                .orElseGet(() -> "address " + http.remoteAddress().hostAddress()));
        if (!wait.isZero()) {
            throw tooOften(wait, configuration);
        }
        Caller caller = found.orElseThrow(() -> unauthorized(login, configuration));
        Permission permission = Permission.of(
                request.getMethod(), request.getUriInfo().getRequestUri().getPath());
        if (!permission.allows(caller)) {
            throw forbidden(caller, permission);
        }
        requester.is(caller);
        BoundedBody.put(request, configuration.api().bodyLimitBytes());
    }

    private static Optional<Caller> local(Login.Local local, @Nullable String authorization) {
        return authorization != null
                        && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        && local.token()
                                .matches(
                                        authorization.substring(BEARER.length()).strip())
                ? Optional.of(Caller.LOCAL)
                : Optional.empty();
    }

    private Optional<Caller> issued(Login.Issuer issuer) {
        return !identity.isAnonymous() && identity.getPrincipal() instanceof JsonWebToken token
                ? issuer.claims().caller(claims(token))
                : Optional.empty();
    }

    private static JsonNode claims(JsonWebToken token) {
        String payload = token.getRawToken().split("\\.", -1)[1];
        try {
            return JSON.readTree(new String(Base64.getUrlDecoder().decode(payload), UTF_8));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a verified token holds no JSON", e);
        }
    }

    /** That a caller must wait. */
    static Refusal tooOften(Duration wait, Configuration configuration) {
        long seconds = wait.plusSeconds(1).minusNanos(1).toSeconds();
        return Refusal.of(
                ProblemType.TOO_MANY_REQUESTS,
                new Problem(
                        "caller",
                        "calls more than " + configuration.api().requests() + " times a second",
                        "go on after the seconds that Retry-After names"),
                HttpHeaders.RETRY_AFTER,
                Long.toString(seconds));
    }

    /** That nobody is known by what was sent. */
    static Refusal unauthorized(Login login, Configuration configuration) {
        Problem problem = switch (login) {
            case Login.Local local ->
                new Problem(
                        "Authorization",
                        "does not hold the token of this control plane",
                        "send 'Authorization: Bearer TOKEN'; it was printed at the start and lies in the file api-token of"
                                + " the data directory, where the command line finds it");
            case Login.Issuer issuer ->
                new Problem(
                        "Authorization",
                        "does not hold an access token that counts here",
                        "send 'Authorization: Bearer TOKEN' with a token that has not ended, by "
                                + configuration.api().issuer() + " for the audience "
                                + configuration.api().audience());
        };
        return Refusal.of(
                ProblemType.UNAUTHORIZED, problem, HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"gatewright\"");
    }

    private static Refusal forbidden(Caller caller, Permission permission) {
        String roles = Permission.names(caller.roles().stream());
        return Refusal.of(
                ProblemType.FORBIDDEN,
                new Problem(
                        "role",
                        (roles.isEmpty() ? "a caller without a role" : "a caller with the role " + roles)
                                + " may not do this",
                        "ask for the role " + permission.wanted()));
    }
}
