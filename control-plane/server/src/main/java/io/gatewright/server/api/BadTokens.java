package io.gatewright.server.api;

import io.gatewright.server.Configuration;
import io.gatewright.server.access.CallRates;
import io.gatewright.server.access.Login;
import io.gatewright.settings.Problem;
import io.quarkus.oidc.OIDCException;
import io.quarkus.security.AuthenticationFailedException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response;
import java.time.Duration;

/** Answers, as the rest of the API does, a request whose token Quarkus refused or could not check. Thread-safe. */
@ApplicationScoped
public class BadTokens {
    private final Login login;
    private final Configuration configuration;
    private final CallRates rates;

    public BadTokens(Login login, Configuration configuration, CallRates rates) {
        this.login = login;
        this.configuration = configuration;
        this.rates = rates;
    }

    void register(@Observes Router router) {
        router.route().failureHandler(this::handle);
    }

    private void handle(RoutingContext context) {
        if (context.failure() instanceof OIDCException) {
            answer(context, unavailable());
        } else if (context.failure() instanceof AuthenticationFailedException e) {
            answer(context, e.getCause() instanceof OIDCException ? unavailable() : refusal(context));
        } else {
            context.next();
        }
    }

    private Refusal refusal(RoutingContext context) {
        Duration wait =
                rates.take("address " + context.request().remoteAddress().hostAddress());
        return wait.isZero() ? Gate.unauthorized(login, configuration) : Gate.tooOften(wait, configuration);
    }

    private static Refusal unavailable() {
        return Refusal.of(
                ProblemType.ISSUER_UNAVAILABLE,
                new Problem(
                        "Authorization",
                        "cannot be checked, as the issuer's keys cannot be fetched",
                        "try again; the log of the control plane says why"));
    }

    private static void answer(RoutingContext context, Refusal refusal) {
        Response response = refusal.getResponse();
        context.response().setStatusCode(response.getStatus());
        response.getStringHeaders().forEach((name, values) -> context.response().putHeader(name, values));
        context.response().end(String.valueOf(response.getEntity()));
    }
}
