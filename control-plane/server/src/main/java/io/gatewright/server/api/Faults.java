package io.gatewright.server.api;

import io.gatewright.registry.RegistryException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes every other failure a problem document; what went wrong inside goes to the log only. */
public class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    @ServerExceptionMapper
    public Response refusal(WebApplicationException e) {
        if (e instanceof Refusal) {
            return e.getResponse();
        }
        int status = e.getResponse().getStatus();
        return Refusal.of(
                        status, "http-" + status, "Request refused", "The API has nothing under this path and method.")
                .getResponse();
    }

    @ServerExceptionMapper
    public Response database(RegistryException e) {
        LOG.error("the registry cannot be reached: {}", e.getMessage());
        return Refusal.of(
                        503,
                        "database-unavailable",
                        "Database unavailable",
                        "Nothing was written; gateways go on with what they have. Try again when /q/health/ready says UP.")
                .getResponse();
    }

    @ServerExceptionMapper
    public Response fault(RuntimeException e) {
        LOG.error("a request failed", e);
        return Refusal.of(500, "internal", "Internal error", "The log of the control plane says what went wrong.")
                .getResponse();
    }
}
