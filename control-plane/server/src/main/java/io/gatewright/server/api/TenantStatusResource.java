package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.envoy.EnvoyTranslator;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.server.Publisher;
import io.gatewright.server.Quarantined;
import io.gatewright.server.SyncReport;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.NodeStatus;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.ResourceKey;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** Whether a tenant's policy is live on every gateway; can wait until it is. */
@Path("/v1/tenants/{id}/status")
@Produces(MediaType.APPLICATION_JSON)
public class TenantStatusResource {
    private final SettingsFeed feed;
    private final Publisher publisher;
    private final Deployments deployments;
    private final KongNodes kongs;

    public TenantStatusResource(SettingsFeed feed, Publisher publisher, Deployments deployments, KongNodes kongs) {
        this.feed = feed;
        this.publisher = publisher;
        this.deployments = deployments;
        this.kongs = kongs;
    }

    @GET
    @RunOnVirtualThread
    @Operation(summary = "Whether a tenant's policy is live on every gateway, at once or within a time")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{tenant, revision, live, policy, nodes: [{id, connected, state, acknowledgedAt, reason, since}]}`")
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "404", ref = "not-found")
    public String status(
            @PathParam("id") String id,
            @QueryParam("revision") @Nullable String revision,
            @QueryParam("wait") @Nullable String wait)
            throws InterruptedException {
        long deadline = System.nanoTime() + Requested.wait(wait).toNanos();
        long wanted = revision == null ? feed.current().revision() : Requested.number("revision", revision);
        boolean published = publisher.awaitPublished(wanted, left(deadline));
        Settings settings = feed.current();
        Requested.tenant(settings, id);
        if (published) {
            if (!kongs.any() || deployments.nodes().stream().anyMatch(NodeView::connected)) {
                deployments.await(publisher.keys(id), wanted, left(deadline)); // for the first Envoy too
            }
            kongs.await(wanted, left(deadline));
        }
        ResourceKey key = EnvoyTranslator.tenantKey(id);
        List<NodeStatus> nodes = deployments.status(key);
        List<NodeStatus> connected =
                nodes.stream().filter(NodeStatus::connected).toList();
        KongNodes.OfTenant atKongs = kongs.tenant(id, wanted);
        boolean live = published
                && connected.size() + atKongs.connected() > 0
                && atKongs.live()
                && connected.stream().allMatch(node -> node.state() == NodeStatus.State.ACKNOWLEDGED)
                && !publisher.failures().containsKey(id);
        ObjectNode json = Json.object()
                .put("tenant", id)
                .put("revision", wanted)
                .put("live", live)
                .put("policy", publisher.policy(settings, id));
        ArrayNode list = json.putArray("nodes");
        nodes.forEach(node -> list.add(node(node)));
        list.addAll(atKongs.nodes());
        List<Quarantined> held = Stream.concat(
                        Quarantined.all(publisher, deployments).stream(), kongs.quarantined().stream())
                .filter(each -> each.tenant().equals(id))
                .toList();
        if (!held.isEmpty()) {
            json.set("quarantined", SyncReport.quarantined(held));
        }
        return json.toString();
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private static ObjectNode node(NodeStatus status) {
        ObjectNode json = Json.object()
                .put("id", status.node())
                .put("connected", status.connected())
                .put("state", status.state().name().toLowerCase(Locale.ROOT));
        if (status.acknowledgedAt() != null) {
            json.put("acknowledgedAt", status.acknowledgedAt().toString());
        }
        if (status.rejection() != null) {
            json.put("reason", status.rejection().reason())
                    .put("since", status.rejection().since().toString());
        }
        return json;
    }
}
