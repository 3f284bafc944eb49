package io.gatewright.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.Decision;
import io.gatewright.registry.Proposal;
import io.gatewright.registry.Proposal.State;
import io.gatewright.registry.Proposals;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.settings.Problem;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** Change sets that wait for a second person or for their time. */
@Path("/v1/proposals")
@Produces(MediaType.APPLICATION_JSON)
public class ProposalsResource {
    private static final int MOST = 200;
    private static final String PROPOSAL =
            "`{proposal, state, actor, reason, proposedAt, needsApproval, notBefore, decidedBy,"
                    + " decidedAt, comment, revision, failure, changes: [{kind, id, oldVersion, old, new}]}`";
    private static final int LONGEST_COMMENT = 2000;

    private final Proposals proposals;
    private final SettingsFeed feed;
    private final Requester requester;

    public ProposalsResource(Proposals proposals, SettingsFeed feed, Requester requester) {
        this.proposals = proposals;
        this.feed = feed;
        this.requester = requester;
    }

    /** Newest first: those that wait, or those in one state, or all. */
    @GET
    @Operation(summary = "Changes that wait, newest first")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{proposals: [...]}`, each as under its id, but with the names of its first three documents instead"
                            + " of `changes`")
    @APIResponse(responseCode = "400", ref = "bad-request")
    public String list(
            @QueryParam("state") @DefaultValue("open") String state,
            @QueryParam("limit") @DefaultValue("50") String limit) {
        long most = Requested.number("limit", limit);
        if (most < 1 || most > MOST) {
            throw Refusal.badRequest("limit", "is not from 1 to " + MOST, "ask for fewer");
        }
        ObjectNode json = Json.object();
        var list = json.putArray("proposals");
        proposals.list(states(state), (int) most).forEach(proposal -> list.add(summary(proposal)));
        return json.toString();
    }

    private static Set<State> states(String name) {
        Set<State> found = switch (name) {
            case "open" -> EnumSet.of(State.PENDING, State.SCHEDULED);
            case "all" -> EnumSet.allOf(State.class);
            default ->
                Arrays.stream(State.values())
                        .filter(state -> state.wireName().equals(name))
                        .collect(Collectors.toSet());
        };
        if (found.isEmpty()) {
            throw Refusal.badRequest(
                    "state",
                    "is none of a proposal",
                    "use one of open, all, "
                            + Arrays.stream(State.values()).map(State::wireName).collect(Collectors.joining(", ")));
        }
        return found;
    }

    private static ObjectNode summary(Proposal proposal) {
        ObjectNode json = proposal.toJson();
        json.remove("changes");
        var documents = json.putArray("documents");
        proposal.changes().forEach(change -> documents.add(change.key().toString()));
        return json;
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "One proposal")
    @APIResponse(responseCode = "200", description = PROPOSAL)
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    public String one(@PathParam("id") String id) {
        return proposals
                .find(Requested.number("id", id))
                .orElseThrow(() -> Refusal.notFound("id", "proposal " + id, "see /v1/proposals"))
                .toJson()
                .toString();
    }

    @POST
    @Path("/{id}/approve")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Approves the change of somebody else",
            description = "It becomes a revision at once, or when its time has come.")
    @APIResponse(responseCode = "200", description = PROPOSAL)
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "403", ref = "forbidden")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "409", ref = "conflict")
    @APIResponse(responseCode = "412", ref = "stale")
    @APIResponse(responseCode = "422", ref = "invalid")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public Response approve(@PathParam("id") String id) {
        Response answer = answer(proposals.approve(Requested.number("id", id), requester.party()));
        feed.look();
        return answer;
    }

    @POST
    @Path("/{id}/reject")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Ends the change of anybody unmade")
    @RequestBody(description = "`{comment}`, or nothing")
    @APIResponse(responseCode = "200", description = PROPOSAL)
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "403", ref = "forbidden")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "409", ref = "conflict")
    @APIResponse(responseCode = "422", ref = "invalid")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public Response reject(@PathParam("id") String id, InputStream body) {
        return answer(proposals.reject(Requested.number("id", id), requester.party(), comment(body)));
    }

    @POST
    @Path("/{id}/withdraw")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Ends an own change unmade")
    @RequestBody(description = "`{comment}`, or nothing")
    @APIResponse(responseCode = "200", description = PROPOSAL)
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "403", ref = "forbidden")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "409", ref = "conflict")
    @APIResponse(responseCode = "422", ref = "invalid")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public Response withdraw(@PathParam("id") String id, InputStream body) {
        return answer(proposals.withdraw(Requested.number("id", id), requester.party(), comment(body)));
    }

    private static Response answer(Decision decision) {
        return switch (decision) {
            case Decision.Made made ->
                Response.ok(made.proposal().toJson().toString()).build();
            case Decision.Refused refused -> Answers.of(refused.why());
        };
    }

    /** The body may be left out. */
    private static @Nullable String comment(InputStream body) {
        PushbackInputStream peeked = new PushbackInputStream(body);
        try {
            int first = peeked.read();
            if (first < 0) {
                return null;
            }
            peeked.unread(first);
        } catch (IOException e) {
            throw Refusal.badRequest("body", "did not arrive whole", "send it again");
        }
        JsonNode comment = Json.read(peeked).path("comment");
        if (!comment.isTextual() || comment.textValue().length() > LONGEST_COMMENT) {
            throw Refusal.invalid(List.of(new Problem(
                    "comment",
                    "is not text of at most " + LONGEST_COMMENT + " characters",
                    "send {\"comment\": \"…\"}, or no body")));
        }
        return comment.textValue();
    }
}
