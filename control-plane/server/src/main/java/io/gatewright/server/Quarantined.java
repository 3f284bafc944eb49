package io.gatewright.server;

import io.gatewright.xds.Deployments;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.Rejection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tenant that is held at its last good state. Immutable.
 *
 * @param tenant {@code *} when it is something that all tenants share
 * @param node the gateway that refuses it; empty when its resources cannot be made, which holds it at every gateway
 * @param resource what is refused; empty when nothing could be made
 * @param since when the gateway first refused it; null when its resources cannot be made
 */
public record Quarantined(
        String tenant,
        String node,
        String resource,
        String reason,
        @Nullable Instant since) {

    /** Everybody who is, ordered by tenant. */
    public static List<Quarantined> all(Publisher publisher, Deployments deployments) {
        List<Quarantined> all = new ArrayList<>();
        publisher.failures().forEach((tenant, reason) -> all.add(new Quarantined(tenant, "", "", reason, null)));
        for (NodeView node : deployments.nodes()) {
            for (Rejection rejection : node.rejections()) {
                String owner = publisher.owner(rejection.key());
                all.add(new Quarantined(
                        owner == null ? Derivation.SHARED : owner,
                        node.id(),
                        rejection.key().name(),
                        rejection.reason(),
                        rejection.since()));
            }
        }
        all.sort(Comparator.comparing(Quarantined::tenant)
                .thenComparing(Quarantined::node)
                .thenComparing(Quarantined::resource));
        return all;
    }
}
