package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.events.Consumers;
import io.gatewright.events.EventMetrics;
import io.gatewright.events.Intervention;
import io.gatewright.events.Lane;
import io.gatewright.events.Parked;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.server.EventWork;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** Who reads the event log how far, what stands still for them, and how it goes on. */
@Path("/v1/consumers")
@Produces(MediaType.APPLICATION_JSON)
public class ConsumersResource {
    private static final String WHICH =
            "`{key, tenant, partition, reason}`: the parked key; the tenant when its events have"
                    + " one, the partition when that leaves several; and why";
    private static final int MOST = 200;

    private final Consumers consumers;
    private final EventWork work;
    private final SettingsFeed feed;
    private final Requester requester;

    public ConsumersResource(Consumers consumers, EventWork work, SettingsFeed feed, Requester requester) {
        this.consumers = consumers;
        this.work = work;
        this.feed = feed;
        this.requester = requester;
    }

    @GET
    @RunOnVirtualThread
    @Operation(summary = "The consumers of the event log, and how far each is behind")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{backlog, backlogAgeSeconds, notifyQueueUsage, leading, consumers: [{consumer, lag, lagSeconds,"
                            + " parkedEvents, parkedKeys, deadEvents}]}`; the backlog are committed events without an offset")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public String list() {
        EventMetrics metrics = consumers.metrics();
        ObjectNode json = Json.object()
                .put("backlog", metrics.backlog())
                .put("backlogAgeSeconds", metrics.backlogAgeSeconds())
                .put("notifyQueueUsage", metrics.notifyQueueUsage())
                .put("leading", work.sequencer().leading());
        var list = json.putArray("consumers");
        for (EventMetrics.Dead dead : metrics.dead()) { // one for each consumer
            list.addObject()
                    .put("consumer", dead.consumer())
                    .put("lag", metrics.lag(dead.consumer()))
                    .put("lagSeconds", metrics.lagSeconds(dead.consumer()))
                    .put("parkedEvents", dead.events())
                    .put("parkedKeys", dead.keys())
                    .put("deadEvents", dead.deadEvents());
        }
        return json.toString();
    }

    @GET
    @Path("/{consumer}/parked")
    @RunOnVirtualThread
    @Operation(summary = "The keys that stand still for a consumer, oldest first")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{parked: [{key, tenant, partition, offset, queued, attempts, dead, reason, since}]}`; a dead one"
                            + " waits for an operator, others are tried again by themselves")
    @APIResponse(responseCode = "404", ref = "not-found")
    public String parked(@PathParam("consumer") String consumer) {
        requireKnown(consumer);
        ObjectNode json = Json.object();
        var list = json.putArray("parked");
        for (Parked parked : consumers.parked(consumer)) {
            put(list.addObject(), parked.lane())
                    .put("offset", parked.position())
                    .put("queued", parked.queued())
                    .put("attempts", parked.attempts())
                    .put("dead", parked.dead())
                    .put("reason", parked.reason())
                    .put("since", parked.since().toString());
        }
        return json.toString();
    }

    @GET
    @Path("/{consumer}/interventions")
    @RunOnVirtualThread
    @Operation(summary = "What operators did with parked keys of a consumer, newest first")
    @APIResponse(
            responseCode = "200",
            description = "`{interventions: [{id, at, actor, reason, action, key, tenant, partition, offset}]}`")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    public String interventions(
            @PathParam("consumer") String consumer, @QueryParam("limit") @DefaultValue("20") String limit) {
        long most = Requested.number("limit", limit);
        if (most < 1 || most > MOST) {
            throw Refusal.badRequest("limit", "is not from 1 to " + MOST, "ask for fewer");
        }
        requireKnown(consumer);
        ObjectNode json = Json.object();
        var list = json.putArray("interventions");
        for (Intervention each : consumers.interventions(consumer, (int) most)) {
            ObjectNode entry = list.addObject()
                    .put("id", each.id())
                    .put("at", each.at().toString())
                    .put("actor", each.actor())
                    .put("reason", each.reason())
                    .put("action", each.action().name().toLowerCase(Locale.ROOT));
            put(entry, each.lane()).put("offset", each.offset());
        }
        return json.toString();
    }

    @POST
    @Path("/{consumer}/replay")
    @Consumes(MediaType.WILDCARD)
    @RunOnVirtualThread
    @Operation(summary = "Has a dead key of a consumer tried again, in order, from its first waiting event on")
    @RequestBody(description = WHICH)
    @APIResponse(responseCode = "200", description = "`{consumer, action, key, tenant, partition}`")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "403", ref = "forbidden")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "422", ref = "invalid")
    public String replay(@PathParam("consumer") String consumer, InputStream body) {
        return intervene(consumer, Intervention.Action.REPLAY, body);
    }

    @POST
    @Path("/{consumer}/discard")
    @Consumes(MediaType.WILDCARD)
    @RunOnVirtualThread
    @Operation(summary = "Gives up the first waiting event of a dead key of a consumer, and has the next one tried")
    @RequestBody(description = WHICH)
    @APIResponse(responseCode = "200", description = "`{consumer, action, key, tenant, partition}`")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "403", ref = "forbidden")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "422", ref = "invalid")
    public String discard(@PathParam("consumer") String consumer, InputStream body) {
        return intervene(consumer, Intervention.Action.DISCARD, body);
    }

    private String intervene(String consumer, Intervention.Action action, InputStream body) {
        InterventionForm form = InterventionForm.read(Json.read(body));
        requireKnown(consumer);
        Lane lane = lane(consumer, form);
        requester.requireOwn(feed.current(), lane.tenant());
        Intervention.By by = new Intervention.By(requester.caller().actor(), form.reason());
        boolean done = switch (action) {
            case REPLAY -> consumers.replay(consumer, lane, by);
            case DISCARD -> consumers.discard(consumer, lane, by);
        };
        if (!done) {
            throw notParked(consumer, form);
        }
        ObjectNode json = Json.object()
                .put("consumer", consumer)
                .put("action", action.name().toLowerCase(Locale.ROOT));
        return put(json, lane).toString();
    }

    private Lane lane(String consumer, InterventionForm form) {
        List<Lane> lanes = consumers.parked(consumer).stream()
                .filter(Parked::dead)
                .map(Parked::lane)
                .filter(form::matches)
                .toList();
        if (lanes.size() > 1) {
            throw Refusal.badRequest(
                    "partition",
                    "is missing, and several parked keys are called so",
                    "name one of " + lanes.stream().map(Lane::partition).toList());
        }
        if (lanes.isEmpty()) {
            throw notParked(consumer, form);
        }
        return lanes.getFirst();
    }

    private static Refusal notParked(String consumer, InterventionForm form) {
        return Refusal.notFound(
                "key",
                "dead key " + form.key() + " of " + consumer
                        + (form.tenant().isEmpty() ? " without a tenant" : " of the tenant " + form.tenant()),
                "see /v1/consumers/" + consumer + "/parked");
    }

    private void requireKnown(String consumer) {
        if (!consumers.names().contains(consumer)) {
            throw Refusal.notFound("consumer", "consumer " + consumer, "see /v1/consumers");
        }
    }

    private static ObjectNode put(ObjectNode json, Lane lane) {
        return json.put("key", lane.key()).put("tenant", lane.tenant()).put("partition", lane.partition());
    }
}
