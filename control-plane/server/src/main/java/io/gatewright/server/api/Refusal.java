package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Problem;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A request that is turned down, as a problem document (RFC 9457) that names at least one field and its fix. */
final class Refusal extends WebApplicationException {
    private static final long serialVersionUID = 1;
    private static final int SAID_IN_DETAIL = 3;

    private Refusal(Response response) {
        super(response);
    }

    static Refusal of(ProblemType type, Problem problem) {
        return of(type, List.of(problem), null);
    }

    static Refusal of(ProblemType type, Problem problem, String header, String value) {
        Refusal refusal = of(type, problem);
        refusal.getResponse().getHeaders().putSingle(header, value);
        return refusal;
    }

    /** @param current what is there now, when somebody else was faster */
    static Refusal of(ProblemType type, List<Problem> problems, @Nullable ObjectNode current) {
        ObjectNode body = Json.object()
                .put("type", "urn:gatewright:problem:" + type.slug())
                .put("title", type.title())
                .put("status", type.status())
                .put("detail", sentences(problems))
                .put("instance", UUID.randomUUID().toString());
        var list = body.putArray("problems");
        problems.forEach(problem -> list.addObject()
                .put("field", problem.field())
                .put("message", problem.message())
                .put("fix", problem.fix()));
        if (current != null) {
            body.set("current", current);
        }
        return new Refusal(Response.status(type.status())
                .type("application/problem+json")
                .entity(body.toString())
                .build());
    }

    static Refusal badRequest(String field, String message, String fix) {
        return of(ProblemType.BAD_REQUEST, new Problem(field, message, fix));
    }

    static Refusal notFound(String field, String what, String fix) {
        return of(ProblemType.NOT_FOUND, new Problem(field, "there is no " + what, fix));
    }

    static Refusal invalid(List<Problem> problems) {
        return of(ProblemType.INVALID, problems, null);
    }

    private static String sentences(List<Problem> problems) {
        String first = problems.stream()
                .limit(SAID_IN_DETAIL)
                .map(problem -> problem.field() + ": " + problem.message() + "; " + problem.fix())
                .collect(Collectors.joining(". "));
        int more = problems.size() - SAID_IN_DETAIL;
        return more > 0 ? first + ". And " + more + " more" : first;
    }
}
