package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.server.Syncs;
import io.gatewright.server.Syncs.Sync;
import io.gatewright.server.Syncs.Trigger;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Full reconciles: the latest, and a new one on demand. */
@Path("/v1/syncs")
@Produces(MediaType.APPLICATION_JSON)
public class SyncsResource {
    private final Syncs syncs;

    public SyncsResource(Syncs syncs) {
        this.syncs = syncs;
    }

    @POST
    @RunOnVirtualThread
    public String run(@QueryParam("dryRun") @Nullable String dryRun, @QueryParam("wait") @Nullable String wait)
            throws InterruptedException {
        return json(syncs.run(Trigger.MANUAL, Requested.flag("dryRun", dryRun), Requested.wait(wait)))
                .toString();
    }

    @GET
    public String latest() {
        ObjectNode json = Json.object();
        var list = json.putArray("syncs");
        syncs.latest().forEach(sync -> list.add(json(sync)));
        return json.toString();
    }

    @GET
    @Path("/{id}")
    public String one(@PathParam("id") String id) {
        return json(syncs.find(Requested.number("id", id))
                        .orElseThrow(() -> Refusal.notFound("id", "sync " + id, "see /v1/syncs")))
                .toString();
    }

    private static ObjectNode json(Sync sync) {
        ObjectNode json = Json.object()
                .put("id", sync.id())
                .put("trigger", sync.trigger().name().toLowerCase(Locale.ROOT))
                .put("dryRun", sync.dryRun())
                .put("revision", sync.revision())
                .put("startedAt", sync.startedAt().toString())
                .put("finishedAt", sync.finishedAt().toString())
                .put("changed", sync.changed());
        json.set("nodes", GatewaysResource.nodes(sync.nodes()));
        return json;
    }
}
