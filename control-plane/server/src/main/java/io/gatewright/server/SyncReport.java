package io.gatewright.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.SyncRow;
import io.gatewright.xds.Drift;
import io.gatewright.xds.NodeOutcome;
import io.gatewright.xds.Rejection;
import io.gatewright.xds.ResourceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Syncs as rows and as JSON. Stateless. */
public final class SyncReport {
    /** Of a list that may be long, so many are named; the counts count all. */
    private static final int NAMED = 50;

    private static final String PROVEN_AT = "provenAt";
    private static final long NANOS_PER_MICRO = 1_000;
    private static final double MICROS_PER_MILLI = 1_000;

    private SyncReport() {}

    /** A row without the id and the times that only the database knows. */
    static SyncRow row(Sync sync) {
        Instant ended = sync.endedAt() == null ? sync.startedAt() : sync.endedAt();
        return new SyncRow(
                sync.id(),
                sync.replica(),
                sync.trigger().wireName(),
                sync.dryRun(),
                sync.revision(),
                sync.startedAt(),
                ended.isBefore(sync.startedAt()) ? sync.startedAt() : ended,
                sync.outcome().wireName(),
                sync.changed().size(),
                sync.drift().size(),
                details(sync),
                null);
    }

    /** When the last gateway gave its answer; null when one did not, or none was asked. */
    static @Nullable Instant provenAt(SyncRow row) {
        JsonNode at = row.report().path(PROVEN_AT);
        return at.isTextual() ? Instant.parse(at.asText()) : null;
    }

    /** From the commit to the proof for revisions, else from the start to the proof; null when there is no proof. */
    static @Nullable Duration proof(SyncRow row) {
        Instant proven = provenAt(row);
        if (proven == null) {
            return null;
        }
        boolean ofRevision = row.trigger().equals(Sync.Trigger.REVISION.wireName());
        Instant begin = ofRevision && row.committedAt() != null ? row.committedAt() : row.startedAt();
        Duration proof = Duration.between(begin, proven);
        return proof.isNegative() ? Duration.ZERO : proof; // two clocks
    }

    /** What the API shows. */
    public static ObjectNode json(SyncRow row) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (row.id() == 0) {
            json.putNull("id");
        } else {
            json.put("id", row.id());
        }
        json.put("trigger", row.trigger())
                .put("replica", row.replica())
                .put("dryRun", row.dryRun())
                .put("revision", row.revision())
                .put("outcome", row.outcome())
                .put("startedAt", row.startedAt().toString());
        if (!row.outcome().equals(Sync.Outcome.RUNNING.wireName())) {
            json.put("endedAt", row.endedAt().toString());
        }
        if (row.committedAt() != null) {
            json.put("committedAt", row.committedAt().toString());
        }
        Duration proof = proof(row);
        if (proof != null) {
            long micros = proof.toNanos() / NANOS_PER_MICRO;
            json.put("proofMillis", micros / MICROS_PER_MILLI);
        }
        json.put("changed", row.changed()).put("drift", row.drift());
        json.setAll(row.report());
        return json;
    }

    /** What one gateway came to. */
    public static ObjectNode node(NodeOutcome node) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", node.node())
                .put("cluster", node.cluster())
                .put("version", node.buildVersion())
                .put("connected", node.connected())
                .put("state", node.state().name().toLowerCase(Locale.ROOT))
                .put("sent", node.sent())
                .put("accepted", node.accepted())
                .put("open", node.open());
        if (node.provenAt() != null) {
            json.put(PROVEN_AT, node.provenAt().toString());
        }
        ArrayNode rejected = json.putArray("rejected");
        for (Rejection rejection : first(node.rejected())) {
            rejected.addObject()
                    .put("resource", rejection.key().name())
                    .put("revision", rejection.revision())
                    .put("reason", rejection.reason())
                    .put("since", rejection.since().toString());
        }
        return json;
    }

    /** Who is held at a last good state. */
    public static ArrayNode quarantined(List<Quarantined> all) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Quarantined each : first(all)) {
            ObjectNode json = list.addObject().put("tenant", each.tenant());
            if (!each.node().isEmpty()) {
                json.put("node", each.node()).put("resource", each.resource());
            }
            json.put("reason", each.reason());
            if (each.since() != null) {
                json.put("since", each.since().toString());
            }
        }
        return list;
    }

    private static ObjectNode details(Sync sync) {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        if (sync.failure() != null) {
            report.put("failure", sync.failure());
        }
        ArrayNode resources = report.putArray("resources");
        sync.changed().stream().map(ResourceKey::name).sorted().limit(NAMED).forEach(resources::add);
        ArrayNode drifted = report.putArray("drifted");
        for (Drift drift : first(sync.drift())) {
            ObjectNode json = drifted.addObject()
                    .put("kind", drift.kind().name().toLowerCase(Locale.ROOT))
                    .put("found", drift.found());
            if (!drift.node().isEmpty()) {
                json.put("node", drift.node());
            }
            if (drift.resource() != null) {
                json.put("resource", drift.resource().name());
            }
        }
        report.set("quarantined", quarantined(sync.quarantined()));
        ArrayNode nodes = report.putArray("nodes");
        sync.nodes().forEach(node -> nodes.add(node(node)));
        lastProof(sync.nodes(), report);
        return report;
    }

    private static void lastProof(List<NodeOutcome> nodes, ObjectNode report) {
        Instant last = Instant.EPOCH;
        for (NodeOutcome node : nodes) {
            if (node.provenAt() == null) {
                return;
            }
            last = node.provenAt().isAfter(last) ? node.provenAt() : last;
        }
        if (!nodes.isEmpty()) {
            report.put(PROVEN_AT, last.toString());
        }
    }

    private static <T> List<T> first(List<T> all) {
        return all.subList(0, Math.min(NAMED, all.size()));
    }
}
