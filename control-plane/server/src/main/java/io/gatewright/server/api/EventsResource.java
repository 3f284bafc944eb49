package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.gatewright.events.Event;
import io.gatewright.events.EventPages;
import io.gatewright.events.EventPlace;
import io.gatewright.events.Hints;
import io.gatewright.server.Configuration;
import io.gatewright.settings.Problem;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** The event log, in pages or as a stream that goes on. */
@Path("/v1/events")
public class EventsResource {
    private static final Duration LOOK = Duration.ofSeconds(1); // without a hint

    private final EventPages pages;
    private final Hints hints;
    private final EventStreams streams;
    private final List<String> served;

    public EventsResource(EventPages pages, Hints hints, EventStreams streams, Configuration configuration) {
        this.pages = pages;
        this.hints = hints;
        this.streams = streams;
        this.served = configuration.events().topics();
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            summary = "Events in the order of their offsets",
            description =
                    "With `Accept: text/event-stream` a stream of server-sent events that goes on with new ones: `id` is"
                            + " `EPOCH-OFFSET`, `data` the CloudEvent. It begins after `Last-Event-ID`, else after `after`, else with"
                            + " the next event. Topics are those that `--events-topics` names.")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{events: [{offset, epoch, partition, partitionOffset, topic, event}], after, head}`; `after` is"
                            + " what to ask for next, `head` the offset that the next event gets")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "410", ref = "gone")
    @APIResponse(responseCode = "503", ref = "busy")
    @Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
    public Response list(
            @QueryParam("after") @Nullable String after,
            @QueryParam("topic") @Nullable String topic,
            @QueryParam("limit") @DefaultValue("100") String limit,
            @QueryParam("wait") @Nullable String wait,
            @HeaderParam("Last-Event-ID") @Nullable String lastEventId,
            @HeaderParam("Accept") @Nullable String accept)
            throws InterruptedException {
        List<String> topics = topics(topic);
        if (accept != null && accept.contains(MediaType.SERVER_SENT_EVENTS)) {
            return stream(lastEventId != null ? place("Last-Event-ID", lastEventId) : place("after", after), topics);
        }
        int most = (int) Math.min(Integer.MAX_VALUE, Requested.number("limit", limit));
        if (most < 1 || most > EventPages.MOST) {
            throw Refusal.badRequest(
                    "limit", "is not from 1 to " + EventPages.MOST, "ask for fewer and go on with after=");
        }
        EventPlace place = place("after", after);
        EventPages.Page page = await(place == null ? EventPlace.BEGINNING : place, most, topics, Requested.wait(wait));
        return Response.ok(json(page).toString(), MediaType.APPLICATION_JSON).build();
    }

    private Response stream(@Nullable EventPlace place, @Nullable List<String> topics) {
        EventPlace from = place == null ? pages.bounds().end() : place;
        requireKept(pages.after(from, 1, topics));
        if (!streams.hasRoom()) {
            throw Refusal.of(
                    ProblemType.BUSY,
                    new Problem(
                            "Accept",
                            "asks for one more stream than the " + streams.most() + " that --events-streams allows",
                            "close one, try again later, or read pages"),
                    HttpHeaders.RETRY_AFTER,
                    "5");
        }
        StreamingOutput lines = out -> streams.write(from, topics, out);
        return Response.ok(lines, MediaType.SERVER_SENT_EVENTS)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private EventPages.Page await(EventPlace place, int most, @Nullable List<String> topics, Duration patience)
            throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        EventPlace from = place;
        while (true) {
            long seen = hints.count();
            EventPages.Page page = requireKept(pages.after(from, most, topics));
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!page.events().isEmpty() || !left.isPositive()) {
                return page;
            }
            if (page.seen().equals(from)) {
                hints.await(seen, left.compareTo(LOOK) < 0 ? left : LOOK);
            }
            from = page.seen();
        }
    }

    private static EventPages.Page requireKept(EventPages.Page page) {
        if (page.missed()) {
            throw Refusal.of(
                    ProblemType.GONE,
                    new Problem(
                            "after",
                            "is " + page.seen() + ", but events before the offset "
                                    + page.bounds().kept() + " are not kept any more",
                            "leave it out to begin with the first that is kept, and know that some were missed"));
        }
        return page;
    }

    /** Null for all. */
    private @Nullable List<String> topics(@Nullable String topic) {
        boolean all = served.equals(Configuration.Events.ALL_TOPICS);
        if (topic == null) {
            return all ? null : served;
        }
        if (!all && !served.contains(topic)) {
            throw Refusal.notFound("topic", "topic " + topic + " here", "use one of " + String.join(", ", served));
        }
        return List.of(topic);
    }

    private static @Nullable EventPlace place(String name, @Nullable String text) {
        if (text == null) {
            return null;
        }
        return EventPlace.parse(text)
                .orElseThrow(() -> Refusal.badRequest(
                        name,
                        "is neither an offset nor EPOCH-OFFSET",
                        "write it as it stands in an answer, such as 1-4711"));
    }

    private static ObjectNode json(EventPages.Page page) {
        ObjectNode json = Json.object();
        var events = json.putArray("events");
        for (Event event : page.events()) {
            events.addObject()
                    .put("offset", event.offset())
                    .put("epoch", event.epoch())
                    .put("partition", event.partition())
                    .put("partitionOffset", event.partitionOffset())
                    .put("topic", event.topic())
                    .putRawValue("event", new RawValue(event.text()));
        }
        return json.put("after", page.seen().toString())
                .put("head", page.bounds().head());
    }
}
