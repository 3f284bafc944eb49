package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.kong.BundleDifference;
import io.gatewright.kong.node.KongFleet;
import io.gatewright.kong.node.NodeView;
import io.gatewright.kong.node.Refusal;
import io.gatewright.registry.History;
import io.gatewright.registry.RegistryException;
import io.gatewright.registry.RevisionHeader;
import io.gatewright.server.KongPublisher;
import io.gatewright.server.KongReport;
import io.gatewright.server.Quarantined;
import io.gatewright.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The Kongs in what is said of all gateways, and of a tenant at all of them. */
@ApplicationScoped
public class KongNodes {
    private final KongFleet fleet;
    private final KongPublisher publisher;
    private final History history;

    public KongNodes(KongFleet fleet, KongPublisher publisher, History history) {
        this.fleet = fleet;
        this.publisher = publisher;
        this.history = history;
    }

    /** How a tenant stands at all Kongs. */
    record OfTenant(boolean live, int connected, ArrayNode nodes) {}

    /** Each with what it refuses, the settings that this comes from, and who wrote those. */
    void addAll(ArrayNode nodes) {
        List<NodeView> views = fleet.views();
        Map<Long, RevisionHeader> authors = authors(views);
        views.forEach(view -> nodes.add(node(view, authors)));
    }

    /**
     * What a change would come to.
     *
     * @param failures tenants whose entities could not be made after it, with the reason; they would keep their last good ones
     */
    record Foreseen(BundleDifference difference, Map<String, String> failures) {}

    /** What a change would come to at Kongs; empty when there is no Kong to post to, for it costs two translations of everything. */
    Optional<Foreseen> foreseen(Settings before, Settings after) {
        if (fleet.isEmpty()) {
            return Optional.empty();
        }
        KongPublisher.Offer then = publisher.translateOrKeep(after);
        BundleDifference difference =
                BundleDifference.between(publisher.translateOrKeep(before).bundle(), then.bundle());
        return Optional.of(new Foreseen(difference, then.failures()));
    }

    /** The names of those that answer, in order. */
    List<String> connected() {
        return fleet.views().stream()
                .filter(NodeView::connected)
                .map(NodeView::name)
                .sorted()
                .toList();
    }

    /** Tenants whose entities cannot be made, with the reason. */
    Map<String, String> failures() {
        return publisher.offer().failures();
    }

    List<Quarantined> quarantined() {
        return KongReport.quarantined(failures(), fleet.views());
    }

    /** Whether there is one at all. */
    boolean any() {
        return !fleet.isEmpty();
    }

    /** Waits until every Kong that can be reached has answered to the settings of this revision. */
    void await(long revision, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (publisher.awaitOffered(revision, timeout)) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            fleet.awaitSettledIfThere(publisher.offer().bundle().digest(), left);
        }
    }

    /** Live where every Kong that is connected has proved this revision and holds the tenant not back. */
    OfTenant tenant(String tenant, long revision) {
        boolean offered = fleet.isEmpty() || publisher.offer().revision() >= revision;
        boolean live = offered && !failures().containsKey(tenant);
        int connected = 0;
        ArrayNode nodes = Json.object().putArray("nodes");
        for (NodeView view : fleet.views()) {
            List<Refusal> held = view.refusals().stream()
                    .filter(refusal ->
                            refusal.tenant().equals(tenant) || refusal.tenant().equals(Refusal.ALL))
                    .toList();
            boolean proven = offered && view.answered() && view.provenAt() != null;
            if (view.connected()) {
                connected++;
                live &= proven && held.isEmpty();
            }
            ObjectNode node = nodes.addObject()
                    .put("id", view.name())
                    .put("gateway", KongReport.GATEWAY)
                    .put("connected", view.connected())
                    .put("state", !held.isEmpty() ? "rejected" : proven ? "acknowledged" : "pending");
            if (proven) {
                node.put("acknowledgedAt", String.valueOf(view.provenAt()));
            }
            if (!held.isEmpty()) {
                node.put("reason", held.getFirst().reason())
                        .put("since", held.getFirst().since().toString());
            } else if (!view.problem().isEmpty()) {
                node.put("reason", view.problem());
            }
        }
        return new OfTenant(live, connected, nodes);
    }

    private static ObjectNode node(NodeView view, Map<Long, RevisionHeader> authors) {
        ObjectNode known = KongReport.node(view);
        ObjectNode json = Json.object()
                .put("id", view.name())
                .put("gateway", KongReport.GATEWAY)
                .put("cluster", KongReport.GATEWAY)
                .put("version", view.version())
                .put("connected", view.connected())
                .put("since", view.since().toString())
                .put("acknowledged", known.path("accepted").asInt())
                .put("pending", known.path("open").asInt())
                .put("state", known.path("state").asText())
                .put("digest", view.digest());
        for (String field : List.of("problem", "provenAt")) {
            if (known.has(field)) {
                json.set(field, known.get(field));
            }
        }
        ArrayNode rejected = json.putArray("rejected");
        for (Refusal refusal : view.refusals()) {
            ObjectNode each = KongReport.refusal(refusal);
            RevisionHeader author = authors.get(refusal.revision());
            if (author != null) {
                each.put("actor", author.actor()).put("changedAt", author.at().toString());
            }
            rejected.add(each);
        }
        return json;
    }

    /** Nobody is named while the database is away. */
    private Map<Long, RevisionHeader> authors(List<NodeView> views) {
        Set<Long> revisions = views.stream()
                .flatMap(view -> view.refusals().stream())
                .map(Refusal::revision)
                .collect(Collectors.toSet());
        try {
            return revisions.isEmpty() ? Map.of() : history.headers(revisions);
        } catch (RegistryException e) {
            return Map.of();
        }
    }
}
