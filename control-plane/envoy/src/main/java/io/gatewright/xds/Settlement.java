package io.gatewright.xds;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows a set of resources until every node that was connected at the beginning has answered. One thread at a time.
 *
 * <p>A node has answered for a resource when it has its present content, or refuses that, or has since accepted its content
 * of the beginning, or one of a later revision. So what changes again and again keeps nobody waiting.
 */
public final class Settlement {
    private final Deployments deployments;
    private final XdsCache cache;
    private final long revision;
    private final Instant since;
    private final Map<ResourceKey, String> wanted = new HashMap<>();
    private final List<Following> nodes = new ArrayList<>();

    /** One node; what it still has to answer is looked at in order, and no further than the first that is open. */
    private static final class Following {
        private final NodeRecord node;
        private final Set<ResourceKey> keys = new LinkedHashSet<>();
        private final Deque<ResourceKey> open = new ArrayDeque<>();
        private @Nullable NodeOutcome answer;
        private boolean told;

        private Following(NodeRecord node) {
            this.node = node;
        }
    }

    Settlement(
            Deployments deployments,
            XdsCache cache,
            Set<ResourceKey> changed,
            @Nullable Arrears arrears,
            long revision,
            Instant since) {
        this.deployments = deployments;
        this.cache = cache;
        this.revision = revision;
        this.since = since;
        for (NodeRecord node : deployments.records()) {
            if (!node.streams().isEmpty()) {
                Following following = new Following(node);
                Set<ResourceKey> own = arrears == null ? Set.of() : arrears.of(node.id());
                for (AdsStream stream : node.streams()) {
                    following.keys.addAll(stream.read(wanted -> covered(wanted, changed, own), Set.of()));
                    if (arrears != null) {
                        following.keys.addAll(stream.read(Subscriptions::outstanding, List.of()));
                    }
                }
                following.open.addAll(following.keys);
                following.keys.forEach(key -> wanted.computeIfAbsent(key, this::version));
                nodes.add(following);
            }
        }
    }

    private static Set<ResourceKey> covered(Subscriptions wanted, Set<ResourceKey> changed, Set<ResourceKey> own) {
        Set<ResourceKey> keys = new LinkedHashSet<>();
        for (Set<ResourceKey> each : List.of(changed, own)) {
            each.stream()
                    .filter(key -> wanted.progress(key) != NodeStatus.State.UNSUBSCRIBED)
                    .forEach(keys::add);
        }
        return keys;
    }

    /** Whether any node was connected at the beginning. */
    public boolean hasNodes() {
        return !nodes.isEmpty();
    }

    /**
     * Waits until every node has answered. Meant for virtual threads.
     *
     * @param answered called with each node that has answered everything, on the caller's thread, once
     * @return false if the time was over first
     */
    public boolean await(Duration timeout, Consumer<NodeOutcome> answered) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            long seen = deployments.ticks();
            boolean all = advance();
            tell(answered);
            if (all) {
                return true;
            }
            if (!deployments.awaitTick(seen, deadline - System.nanoTime())) {
                return false;
            }
        }
    }

    /** How each node stands, ordered by node id. */
    public List<NodeOutcome> outcomes() {
        advance();
        return nodes.stream()
                .map(each -> each.answer != null ? each.answer : outcome(each, null))
                .toList();
    }

    /** What each node would be sent if all of it were sent, ordered by node id; none has answered. */
    public List<NodeOutcome> plan() {
        return nodes.stream()
                .map(following -> outcome(following, 0, List.of(), null))
                .toList();
    }

    private void tell(Consumer<NodeOutcome> answered) {
        for (Following each : nodes) {
            if (each.answer != null && !each.told) {
                each.told = true;
                answered.accept(each.answer);
            }
        }
    }

    private boolean advance() {
        boolean all = true;
        for (Following each : nodes) {
            if (each.answer == null) {
                while (!each.open.isEmpty() && isAnswered(each.node, each.open.getFirst())) {
                    each.open.removeFirst();
                }
                if (each.open.isEmpty()) {
                    each.answer = outcome(each, provenAt(each));
                } else {
                    all = false;
                }
            }
        }
        return all;
    }

    private boolean isAnswered(NodeRecord node, ResourceKey key) {
        return switch (node.status(key, cache).state()) {
            case ACKNOWLEDGED, REJECTED, UNSUBSCRIBED -> true;
            case PENDING, SENT -> hasCaughtUp(node, key);
            case UNKNOWN -> false;
        };
    }

    private boolean hasCaughtUp(NodeRecord node, ResourceKey key) {
        NodeRecord.Ack ack = node.ack(key);
        return ack != null
                && (ack.revision() > revision
                        || (ack.version().equals(wanted.get(key)) && !ack.at().isBefore(since)));
    }

    private String version(ResourceKey key) {
        Resource present = cache.get(key);
        return present == null ? "" : present.version();
    }

    private Instant provenAt(Following following) {
        Instant last = since;
        for (ResourceKey key : following.keys) {
            NodeRecord.Ack ack = following.node.ack(key);
            Rejection rejection = following.node.rejection(key);
            Instant at = rejection != null ? rejection.at() : ack != null ? ack.at() : since;
            last = at.isAfter(last) ? at : last;
        }
        return last;
    }

    private NodeOutcome outcome(Following following, @Nullable Instant provenAt) {
        int accepted = 0;
        List<Rejection> rejected = new ArrayList<>();
        for (ResourceKey key : following.keys) {
            NodeStatus status = following.node.status(key, cache);
            if (status.rejection() != null) {
                rejected.add(status.rejection());
            } else if (isAnswered(following.node, key)) {
                accepted++;
            }
        }
        return outcome(following, accepted, List.copyOf(rejected), provenAt);
    }

    private static NodeOutcome outcome(
            Following following, int accepted, List<Rejection> rejected, @Nullable Instant provenAt) {
        NodeView view = following.node.view();
        return new NodeOutcome(
                view.id(),
                view.cluster(),
                view.buildVersion(),
                view.connected(),
                following.keys.size(),
                accepted,
                rejected,
                provenAt);
    }
}
