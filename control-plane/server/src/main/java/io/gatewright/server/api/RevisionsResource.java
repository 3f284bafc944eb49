package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.History;
import io.gatewright.registry.Revision;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The history, newest first. */
@Path("/v1/revisions")
@Produces(MediaType.APPLICATION_JSON)
public class RevisionsResource {
    private static final int MOST = 200;

    private final History history;

    public RevisionsResource(History history) {
        this.history = history;
    }

    @GET
    public String list(
            @QueryParam("before") @Nullable String before,
            @QueryParam("limit") @DefaultValue("20") String limit,
            @QueryParam("kind") @Nullable String kind,
            @QueryParam("id") @Nullable String id) {
        long most = Requested.number("limit", limit);
        if (most < 1 || most > MOST) {
            throw Refusal.badRequest("limit", "is not from 1 to " + MOST, "ask for fewer and go on with before=");
        }
        ObjectNode json = Json.object();
        var list = json.putArray("revisions");
        find(before == null ? Long.MAX_VALUE : Requested.number("before", before), (int) most, kind, id)
                .forEach(revision -> list.add(revision.toJson()));
        return json.toString();
    }

    private List<Revision> find(long before, int limit, @Nullable String kind, @Nullable String id) {
        if (kind == null && id == null) {
            return history.revisions(before, limit);
        }
        if (kind == null || id == null) {
            throw Refusal.badRequest("kind and id", "belong together", "send both, or neither for all revisions");
        }
        DocumentKey key = new DocumentKey(
                Kind.of(kind).orElseThrow(() -> Refusal.notFound("kind", "kind " + kind, "use one of " + Kind.names())),
                id);
        return history.history(key, limit).stream()
                .map(past -> new Revision(past.revision(), List.of(past.change())))
                .toList();
    }

    @GET
    @Path("/{number}")
    public String one(@PathParam("number") String number) {
        return history.revision(Requested.number("number", number))
                .orElseThrow(() -> Refusal.notFound("number", "revision " + number, "see /v1/revisions"))
                .toJson()
                .toString();
    }
}
