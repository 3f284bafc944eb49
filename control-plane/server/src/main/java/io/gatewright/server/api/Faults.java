package io.gatewright.server.api;

import io.gatewright.events.EventsException;
import io.gatewright.guard.store.StoreUnavailable;
import io.gatewright.registry.RegistryException;
import io.gatewright.settings.Problem;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes every other failure a problem document; what went wrong inside goes to the log only. */
public class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
    private static final String SEE = "see /q/openapi";

    @ServerExceptionMapper
    public Response refusal(WebApplicationException e) {
        if (e instanceof Refusal) {
            return e.getResponse();
        }
        int status = e.getResponse().getStatus();
        Problem problem = switch (status) {
            case 404 -> new Problem("path", "the API has nothing there", SEE);
            case 405 ->
                new Problem("method", "is not one of " + allowed(e), "use one of these, or another path; " + SEE);
            case 406 -> new Problem("Accept", "names nothing this API answers with", "accept application/json");
            default -> new Problem("request", "was not understood", SEE);
        };
        return Refusal.of(ProblemType.ofHttp(status), problem).getResponse();
    }

    private static String allowed(WebApplicationException e) {
        List<String> allowed =
                e.getResponse().getAllowedMethods().stream().sorted().toList();
        return allowed.isEmpty() ? "those of this path" : String.join(", ", allowed);
    }

    @ServerExceptionMapper
    public Response database(RegistryException e) {
        LOG.error("the registry cannot be reached: {}", e.getMessage());
        return Refusal.of(
                        ProblemType.DATABASE_UNAVAILABLE,
                        new Problem(
                                "database",
                                "cannot be reached, while gateways go on with what they have",
                                "read the document before you repeat a write, when /q/health/ready says UP"))
                .getResponse();
    }

    @ServerExceptionMapper
    public Response events(EventsException e) {
        LOG.error("the event log cannot be reached: {}", e.getMessage());
        return Refusal.of(
                        ProblemType.DATABASE_UNAVAILABLE,
                        new Problem("database", "cannot be reached", "try again when /q/health/ready says UP"))
                .getResponse();
    }

    @ServerExceptionMapper
    public Response keys(StoreUnavailable e) {
        LOG.error("the guard's tables cannot be reached: {}", e.getMessage());
        Problem problem = e.lacksTables()
                ? new Problem(
                        "database",
                        "has no tables of the guard, or old ones",
                        "bring them up to date with gatewright sidecar migrate")
                : new Problem(
                        "database",
                        "cannot be reached",
                        "look at the key again when /q/health/ready says UP: a write may have been made");
        return Refusal.of(ProblemType.DATABASE_UNAVAILABLE, problem).getResponse();
    }

    @ServerExceptionMapper
    public Response fault(RuntimeException e) {
        LOG.error("a request failed", e);
        return Refusal.of(
                        ProblemType.INTERNAL,
                        new Problem("request", "failed inside", "the log of the control plane says what went wrong"))
                .getResponse();
    }
}
