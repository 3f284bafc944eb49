package io.gatewright.xds;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that one stream of a known node subscribes to, and which response goes next. Guarded by the stream's lock. */
final class Subscriptions {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

    private final XdsCache cache;
    private final NodeRecord node;
    private final Salt salt;
    private final AdsCounters counters;
    private final Primer primer;
    private final Map<ResourceType, TypeSubscription> byType = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, String> nonces = new EnumMap<>(ResourceType.class);
    private final SendOrder order = new SendOrder(byType);
    /** Clusters that went out before the client came to ask for endpoints, of which it may have some. */
    private final Set<String> warming = new HashSet<>();

    private boolean reconnected;

    Subscriptions(XdsCache cache, NodeRecord node, Salt salt, AdsCounters counters) {
        this.cache = cache;
        this.node = node;
        this.salt = salt;
        this.counters = counters;
        this.primer = new Primer(cache, node);
    }

    NodeRecord node() {
        return node;
    }

    /** Notes that the cache may have changed under this key. */
    void mark(ResourceKey key) {
        TypeSubscription subscription = byType.get(key.type());
        if (subscription != null) {
            subscription.mark(key.name());
        }
    }

    /** Takes in a message about a type; returns what the node thereby turns out to refuse. */
    List<Rejection> handle(ResourceType type, Ask ask) {
        TypeSubscription subscription = byType.get(type);
        if (subscription == null) {
            start(type, ask);
            return List.of();
        }
        if (ask.interest() instanceof Interest.Whole && !ask.nonce().equals(nonces.getOrDefault(type, ""))) {
            return List.of(); // stale: the client names all it wants again when it answers the newer response
        }
        List<Rejection> refused = List.of();
        if (ask.nonce().equals(nonces.get(type)) && subscription.isAwaitingAnswer()) {
            refused = answer(type, subscription, ask.error());
        }
        switch (ask.interest()) {
            case Interest.Delta(List<String> subscribe, List<String> unsubscribe, Map<String, String> known) -> {
                subscription.subscribe(subscribe);
                subscription.unsubscribe(unsubscribe);
            }
            case Interest.Whole whole -> subscription.wants(whole.names());
        }
        return refused;
    }

    /** Chooses the next response, under this nonce, or null if nothing may go now. */
    @Nullable
    Batch next(String nonce) {
        for (Map.Entry<ResourceType, TypeSubscription> entry : byType.entrySet()) {
            ResourceType type = entry.getKey();
            Batch chosen = next(type, entry.getValue());
            if (chosen != null) {
                Batch batch = entry.getValue().complete(chosen);
                entry.getValue().sent(batch);
                nonces.put(type, nonce);
                resendEndpoints(batch);
                return batch;
            }
        }
        return null;
    }

    /** What is under way may never be answered. */
    void lost() {
        byType.values().forEach(TypeSubscription::lost);
    }

    NodeStatus.State progress(ResourceKey key) {
        TypeSubscription subscription = byType.get(key.type());
        return subscription == null ? NodeStatus.State.UNSUBSCRIBED : subscription.progress(key.name());
    }

    Map<ResourceType, NodeView.Counts> counts() {
        Map<ResourceType, NodeView.Counts> counts = new EnumMap<>(ResourceType.class);
        byType.forEach((type, subscription) -> counts.put(type, subscription.counts()));
        return counts;
    }

    /** What waits or is under way. */
    List<ResourceKey> outstanding() {
        List<ResourceKey> keys = new ArrayList<>();
        byType.forEach((type, subscription) ->
                subscription.outstanding().forEach(name -> keys.add(new ResourceKey(type, name))));
        return keys;
    }

    /** The types of which a response is unanswered for longer than since that time. */
    List<ResourceType> unansweredSince(Instant time) {
        return byType.entrySet().stream()
                .filter(each -> each.getValue().isAwaitingAnswerSince(time))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Sends it again, whatever the client is thought to have. */
    void resend(ResourceKey key) {
        TypeSubscription subscription = byType.get(key.type());
        if (subscription != null) {
            subscription.resend(key.name());
        }
    }

    private void start(ResourceType type, Ask ask) {
        Known known = Known.of(ask.interest(), type, cache, node);
        if (known.returning() && !reconnected) {
            reconnected = true;
            counters.reconnected();
        }
        List<String> names = switch (ask.interest()) {
            case Interest.Delta delta -> delta.subscribe();
            case Interest.Whole whole -> whole.names();
        };
        // whoever has listeners but cannot be told which would lose them all to a primer
        boolean primed = !known.returning() || !known.versions().isEmpty();
        if (type == ResourceType.LISTENER && primed && (names.isEmpty() || names.contains("*"))) {
            Map<String, String> real = primer.start(known.versions());
            known = new Known(real, !real.isEmpty(), known.held());
        }
        boolean whole = ask.interest() instanceof Interest.Whole;
        TypeSubscription subscription = new TypeSubscription(type, cache, node, salt, whole);
        byType.put(type, subscription);
        subscription.start(names, known);
        if (type == ResourceType.ENDPOINT) {
            resendEndpoints(subscription, warming);
        }
    }

    private List<Rejection> answer(ResourceType type, TypeSubscription subscription, @Nullable String error) {
        if (error == null) {
            counters.acknowledged(type);
            subscription.acknowledged();
            return List.of();
        }
        counters.rejected(type);
        List<Rejection> refused = subscription.rejected(error);
        if (type == ResourceType.LISTENER) {
            primer.rejected(refused);
        }
        if (refused.isEmpty()) {
            LOG.warn("ads response rejected node={} type={} reason=\"{}\"", node.id(), type, NackText.reason(error));
        }
        for (Rejection each : refused) {
            LOG.warn("ads resource rejected node={} resource={} reason=\"{}\"", node.id(), each.key(), each.reason());
        }
        return refused;
    }

    private @Nullable Batch next(ResourceType type, TypeSubscription subscription) {
        boolean additions = order.additionsAllowed(type);
        boolean removals = order.removalsAllowed(type);
        return type == ResourceType.LISTENER
                ? primer.next(subscription, byType.get(ResourceType.SCOPED_ROUTE), additions, removals)
                : subscription.next(additions, removals);
    }

    /** A changed cluster warms until it has its endpoints again, and Envoy does not ask for them a second time. */
    private void resendEndpoints(Batch batch) {
        if (batch.type() == ResourceType.CLUSTER && batch.hasAdditions()) {
            TypeSubscription endpoints = byType.get(ResourceType.ENDPOINT);
            if (endpoints == null) {
                warming.addAll(batch.members().keySet());
            } else {
                resendEndpoints(endpoints, batch.members().keySet());
            }
        }
    }

    private static void resendEndpoints(TypeSubscription endpoints, Set<String> clusters) {
        clusters.stream().filter(endpoints::isExplicit).forEach(endpoints::mark);
    }
}
