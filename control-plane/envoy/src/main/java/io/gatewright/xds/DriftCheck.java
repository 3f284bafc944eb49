package io.gatewright.xds;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares what one node is known to have with what it should have. Stateless. It knows of the node's last 10,000
 * acknowledgements, and of every answer that is missing.
 */
final class DriftCheck {
    /** An Envoy answers within milliseconds, and within seconds while it loads 100,000 scopes. */
    static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

    private DriftCheck() {}

    /** Takes the locks of the node's streams: call it with none. */
    static List<Drift> of(NodeRecord node, XdsCache cache, Instant now) {
        List<Drift> found = new ArrayList<>(node.reported());
        for (AdsStream stream : node.streams()) {
            stream.read(wanted -> wanted.unansweredSince(now.minus(ANSWER_WITHIN)), List.<ResourceType>of())
                    .forEach(type -> found.add(silent(node, type)));
        }
        for (ResourceKey key : acceptedOtherwise(node, cache)) {
            found.add(new Drift(
                    Drift.Kind.ACCEPTED, node.id(), key, "accepted another content last than it is served now"));
        }
        return found;
    }

    private static Drift silent(NodeRecord node, ResourceType type) {
        return new Drift(
                Drift.Kind.SILENT,
                node.id(),
                null,
                "has not answered about %s for %d s".formatted(type, ANSWER_WITHIN.toSeconds()));
    }

    private static Set<ResourceKey> acceptedOtherwise(NodeRecord node, XdsCache cache) {
        Resource primer = cache.primer();
        List<ResourceKey> acknowledged = node.acknowledged();
        Set<ResourceKey> different = new HashSet<>();
        Set<ResourceKey> underWay = new HashSet<>();
        for (AdsStream stream : node.streams()) {
            stream.read(
                    wanted -> {
                        for (ResourceKey key : acknowledged) {
                            switch (wanted.progress(key)) {
                                case PENDING, SENT -> underWay.add(key);
                                case ACKNOWLEDGED -> {
                                    if (isOther(node, key, cache)) {
                                        different.add(key);
                                    }
                                }
                                case UNSUBSCRIBED, REJECTED, UNKNOWN -> {}
                            }
                        }
                        return true;
                    },
                    false);
        }
        different.removeAll(underWay);
        // while it starts, a node has the primer, which is no resource of the cache
        if (primer != null) {
            different.remove(primer.key());
        }
        return different;
    }

    private static boolean isOther(NodeRecord node, ResourceKey key, XdsCache cache) {
        Resource wanted = cache.get(key);
        NodeRecord.Ack ack = node.ack(key);
        return ack != null
                && node.rejection(key) == null
                && !ack.version().equals(wanted == null ? "" : wanted.version());
    }
}
