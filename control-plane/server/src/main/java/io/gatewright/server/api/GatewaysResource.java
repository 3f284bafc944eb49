package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.server.Publisher;
import io.gatewright.server.Quarantined;
import io.gatewright.server.SyncReport;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.Rejection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** The gateways, what each runs, and what it refuses. */
@Path("/v1/gateways")
@Produces(MediaType.APPLICATION_JSON)
public class GatewaysResource {
    private final Deployments deployments;
    private final Publisher publisher;
    private final SettingsFeed feed;
    private final KongNodes kongs;

    public GatewaysResource(Deployments deployments, Publisher publisher, SettingsFeed feed, KongNodes kongs) {
        this.deployments = deployments;
        this.publisher = publisher;
        this.feed = feed;
        this.kongs = kongs;
    }

    @GET
    @RunOnVirtualThread
    @Operation(summary = "The gateways, what each one runs and what it refuses")
    @APIResponse(
            responseCode = "200",
            description =
                    "`{revision, nodes: [{id, gateway, cluster, version, connected, since, acknowledged, pending, types,"
                            + " rejected}], untranslatable: [{tenant, reason}]}`")
    public String all() {
        ObjectNode json = Json.object().put("revision", feed.current().revision());
        ArrayNode nodes = nodes(deployments.nodes());
        kongs.addAll(nodes);
        json.set("nodes", nodes);
        ArrayNode failed = json.putArray("untranslatable");
        publisher
                .failures()
                .forEach((tenant, reason) ->
                        failed.addObject().put("tenant", tenant).put("reason", reason));
        kongs.failures()
                .forEach((tenant, reason) ->
                        failed.addObject().put("tenant", tenant).put("reason", "for Kong: " + reason));
        List<Quarantined> held = new ArrayList<>(Quarantined.all(publisher, deployments));
        held.addAll(kongs.quarantined());
        json.set("quarantined", SyncReport.quarantined(held));
        return json.toString();
    }

    private ArrayNode nodes(List<NodeView> views) {
        ArrayNode nodes = Json.object().putArray("nodes");
        views.forEach(view -> nodes.add(node(view)));
        return nodes;
    }

    private ObjectNode node(NodeView view) {
        ObjectNode json = Json.object()
                .put("id", view.id())
                .put("gateway", "envoy")
                .put("cluster", view.cluster())
                .put("version", view.buildVersion())
                .put("connected", view.connected())
                .put("since", view.since().toString())
                .put(
                        "acknowledged",
                        view.types().values().stream()
                                .mapToInt(NodeView.Counts::acknowledged)
                                .sum())
                .put(
                        "pending",
                        view.types().values().stream()
                                .mapToInt(NodeView.Counts::pending)
                                .sum());
        ObjectNode types = json.putObject("types");
        view.types()
                .forEach((type, counts) -> types.putObject(type.name().toLowerCase(Locale.ROOT))
                        .put("acknowledged", counts.acknowledged())
                        .put("pending", counts.pending())
                        .put("rejected", counts.rejected()));
        ArrayNode rejected = json.putArray("rejected");
        view.rejections().forEach(rejection -> rejected.add(rejection(rejection)));
        return json;
    }

    private ObjectNode rejection(Rejection rejection) {
        ObjectNode json = Json.object().put("resource", rejection.key().name());
        String tenant = publisher.owner(rejection.key());
        if (tenant != null) {
            json.put("tenant", tenant);
        }
        return json.put("revision", rejection.revision())
                .put("reason", rejection.reason())
                .put("since", rejection.since().toString());
    }
}
