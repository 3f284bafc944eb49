package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Problem;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A request that is turned down, as a problem document (RFC 9457). */
final class Refusal extends WebApplicationException {
    private static final long serialVersionUID = 1;

    private Refusal(Response response) {
        super(response);
    }

    static Refusal of(int status, String type, String title, String detail) {
        return of(status, type, title, detail, List.of(), null);
    }

    static Refusal of(
            int status,
            String type,
            String title,
            String detail,
            List<Problem> problems,
            @Nullable ObjectNode current) {
        ObjectNode body = Json.object()
                .put("type", "urn:gatewright:problem:" + type)
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .put("instance", UUID.randomUUID().toString());
        if (!problems.isEmpty()) {
            var list = body.putArray("problems");
            problems.forEach(problem -> list.addObject()
                    .put("field", problem.field())
                    .put("message", problem.message())
                    .put("fix", problem.fix()));
        }
        if (current != null) {
            body.set("current", current);
        }
        return new Refusal(Response.status(status)
                .type("application/problem+json")
                .entity(body.toString())
                .build());
    }

    static Refusal badRequest(String field, String message, String fix) {
        return of(
                400,
                "bad-request",
                "Request not understood",
                field + " " + message + "; " + fix,
                List.of(new Problem(field, message, fix)),
                null);
    }

    static Refusal notFound(String what) {
        return of(404, "not-found", "Not found", "There is no " + what + ".");
    }
}
