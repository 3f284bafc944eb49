package io.gatewright.server.api;

import io.gatewright.settings.Problem;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;

/** Makes a problem document of requests that the HTTP server turns down before any resource sees them. */
@ApplicationScoped
public class Unreadable {

    void register(@Observes Router router) {
        router.errorHandler(400, Unreadable::refuse);
    }

    private static void refuse(RoutingContext request) {
        Problem problem =
                new Problem("path", "is not percent-encoded UTF-8", "write each odd byte as % and two hex digits");
        request.response()
                .setStatusCode(400)
                .putHeader("Content-Type", "application/problem+json")
                .end(Refusal.document(400, "bad-request", "Request not understood", List.of(problem))
                        .toString());
    }
}
