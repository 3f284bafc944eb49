package io.gatewright.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.kong.BundleDifference;
import io.gatewright.kong.node.NodeView;
import io.gatewright.kong.node.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Kongs as JSON, in the form that Envoys have too. Stateless. */
public final class KongReport {
    /** What kind of gateway they are, where that is told. */
    public static final String GATEWAY = "kong";

    private static final int NAMED = 50;

    private KongReport() {}

    /** What one Kong came to. */
    public static ObjectNode node(NodeView view) {
        boolean proven = view.answered() && view.provenAt() != null;
        int refused = Math.min(view.entities(), view.refusals().size());
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", view.name())
                .put("gateway", GATEWAY)
                .put("cluster", GATEWAY)
                .put("version", view.version())
                .put("connected", view.connected())
                .put("state", view.state().name().toLowerCase(Locale.ROOT))
                .put("sent", view.entities())
                .put("accepted", proven ? view.entities() - refused : 0)
                .put("open", view.answered() ? 0 : view.entities());
        if (proven) {
            json.put("provenAt", String.valueOf(view.provenAt()));
        }
        if (!view.problem().isEmpty()) {
            json.put("problem", view.problem());
        }
        ArrayNode rejected = json.putArray("rejected");
        view.refusals().stream().limit(NAMED).forEach(refusal -> rejected.add(refusal(refusal)));
        return json;
    }

    /** What a Kong refuses, and which settings that comes from. */
    public static ObjectNode refusal(Refusal refusal) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("resource", refusal.entity())
                .put("tenant", refusal.tenant())
                .put("revision", refusal.revision())
                .put("reason", refusal.reason())
                .put("since", refusal.since().toString());
        ArrayNode settings = json.putArray("settings");
        refusal.settings().forEach(settings::add);
        return json;
    }

    /** Who is held at a last good state, ordered by tenant. */
    public static List<Quarantined> quarantined(Map<String, String> failures, List<NodeView> views) {
        List<Quarantined> all = new ArrayList<>();
        failures.forEach((tenant, reason) -> all.add(new Quarantined(tenant, "", "", reason, null)));
        for (NodeView view : views) {
            view.refusals()
                    .forEach(refusal -> all.add(new Quarantined(
                            refusal.tenant(), view.name(), refusal.entity(), refusal.reason(), refusal.since())));
        }
        all.sort(Comparator.comparing(Quarantined::tenant)
                .thenComparing(Quarantined::node)
                .thenComparing(Quarantined::resource));
        return all;
    }

    /** By entity, in the form of {@code deck gateway diff --json-output}; of each list the first ones are named. */
    public static ObjectNode difference(BundleDifference difference) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode changes = json.putObject("changes");
        add(changes.putArray("creating"), difference.creating());
        add(changes.putArray("updating"), difference.updating());
        add(changes.putArray("deleting"), difference.deleting());
        json.putObject("summary")
                .put("creating", difference.creating().size())
                .put("updating", difference.updating().size())
                .put("deleting", difference.deleting().size())
                .put("total", difference.size());
        return json;
    }

    private static void add(ArrayNode list, List<String> names) {
        names.stream().limit(NAMED).forEach(list::add);
    }
}
