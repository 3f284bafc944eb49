package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.SyncRow;
import io.gatewright.server.KongSyncs;
import io.gatewright.server.Sync.Trigger;
import io.gatewright.server.SyncReport;
import io.gatewright.server.Syncs;
import io.gatewright.xds.NodeOutcome;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Full reconciles and pushes: what they came to, and a new one on demand. */
@Path("/v1/syncs")
public class SyncsResource {
    private static final Logger LOG = LoggerFactory.getLogger(SyncsResource.class);
    private static final String LINES = "application/x-ndjson";
    private static final int MOST = 200;

    private static final List<String> GATEWAYS = List.of("envoy", "kong");

    private final Syncs syncs;
    private final KongSyncs kongs;

    public SyncsResource(Syncs syncs, KongSyncs kongs) {
        this.syncs = syncs;
        this.kongs = kongs;
    }

    /** For who accepts lines, one comes for each gateway at the moment it has answered, and the sync last. */
    @POST
    @RunOnVirtualThread
    @Operation(summary = "Compares what the gateways run with what they should run, and repairs it")
    @APIResponse(
            responseCode = "200",
            description = "The sync; for who accepts JSON lines, first one line for each gateway that has answered")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @Produces({MediaType.APPLICATION_JSON, LINES})
    public Response run(
            @QueryParam("dryRun") @Nullable String dryRun,
            @QueryParam("wait") @Nullable String wait,
            @QueryParam("gateway") @Nullable String gateway,
            @HeaderParam("Accept") @Nullable String accept)
            throws InterruptedException {
        boolean dry = Requested.flag("dryRun", dryRun);
        Duration patience = Requested.wait(wait);
        if (gateway != null && !GATEWAYS.contains(gateway)) {
            throw Refusal.badRequest("gateway", "is not known", "use envoy or kong, or leave it out for all");
        }
        if (accept != null && accept.contains(LINES)) {
            StreamingOutput lines = out -> stream(gateway, dry, patience, out);
            return Response.ok(lines, LINES).build();
        }
        return Response.ok(run(gateway, dry, patience, Syncs.Progress.NONE).toString(), MediaType.APPLICATION_JSON)
                .build();
    }

    /** @param gateway null: all that there are */
    private ObjectNode run(@Nullable String gateway, boolean dryRun, Duration wait, Syncs.Progress progress)
            throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        if ("kong".equals(gateway)) {
            return SyncReport.json(kongs.run(Trigger.MANUAL, dryRun, wait));
        }
        ObjectNode envoys = SyncReport.json(syncs.run(Trigger.MANUAL, dryRun, wait, progress));
        if (gateway != null || !kongs.any()) {
            return envoys;
        }
        Duration left = wait.isZero() ? wait : Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
        return BothGateways.of(envoys, SyncReport.json(kongs.run(Trigger.MANUAL, dryRun, left)));
    }

    @GET
    @Operation(summary = "The latest syncs, newest first")
    @APIResponse(responseCode = "200", description = "`{syncs: [...]}`, each as under its id")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @RunOnVirtualThread
    @Produces(MediaType.APPLICATION_JSON)
    public String list(
            @QueryParam("before") @Nullable String before,
            @QueryParam("limit") @DefaultValue("20") String limit,
            @QueryParam("trigger") @Nullable String trigger) {
        long most = Requested.number("limit", limit);
        if (most < 1 || most > MOST) {
            throw Refusal.badRequest("limit", "is not from 1 to " + MOST, "ask for fewer and go on with before=");
        }
        List<String> triggers =
                Arrays.stream(Trigger.values()).map(Trigger::wireName).toList();
        if (trigger != null && !triggers.contains(trigger)) {
            throw Refusal.badRequest("trigger", "is not known", "use one of " + String.join(", ", triggers));
        }
        ObjectNode json = Json.object();
        var list = json.putArray("syncs");
        long below = before == null ? Long.MAX_VALUE : Requested.number("before", before);
        syncs.before(below, (int) most, trigger).forEach(sync -> list.add(SyncReport.json(sync)));
        return json.toString();
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "One sync")
    @APIResponse(
            responseCode = "200",
            description = "What was sent to each node, what it accepted, rejected and why, and the time to the proof")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    @RunOnVirtualThread
    @Produces(MediaType.APPLICATION_JSON)
    public String one(@PathParam("id") String id) {
        return SyncReport.json(syncs.find(Requested.number("id", id))
                        .orElseThrow(() -> Refusal.notFound("id", "sync " + id, "see /v1/syncs")))
                .toString();
    }

    private void stream(@Nullable String gateway, boolean dryRun, Duration wait, OutputStream out) {
        Lines lines = new Lines(out);
        try {
            lines.write("sync", run(gateway, dryRun, wait, lines));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A reader who has gone away stops the lines, not the sync. */
    private static final class Lines implements Syncs.Progress {
        private final OutputStream out;
        private boolean broken;

        private Lines(OutputStream out) {
            this.out = out;
        }

        @Override
        public void started(SyncRow sync) {
            write("started", SyncReport.json(sync));
        }

        @Override
        public void answered(NodeOutcome node) {
            write("node", SyncReport.node(node));
        }

        private void write(String name, ObjectNode content) {
            ObjectNode line = Json.object();
            line.set(name, content);
            try {
                if (!broken) {
                    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            } catch (IOException e) {
                broken = true;
                LOG.debug("the reader of a sync has gone", e);
            }
        }
    }
}
