package io.gatewright.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's ADS stream: what it asks for, and what it is sent. Thread-safe: one lock, no thread of its own. It works on the
 * gRPC thread that brings a message or readiness, and on the publisher's thread after an update, and sends only while the
 * transport is ready, so a slow client makes nobody wait.
 */
final class AdsStream {
    private static final Logger LOG = LoggerFactory.getLogger(AdsStream.class);
    private static final int MAX_ASKS = 1_000;
    private static final int MAX_UNKNOWN_TYPES = 16;
    private static final int MAX_NODE_ID = 256;

    private final XdsCache cache;
    private final Deployments deployments;
    private final DeltaWire wire;
    private final ChangeInbox inbox = new ChangeInbox(this::proceed);
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ResourceType, TypeSubscription> subscriptions = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, String> nonces = new EnumMap<>(ResourceType.class);
    private final SendOrder order = new SendOrder(subscriptions);
    /** Messages not handled yet: for a moment, or until the cache is ready. */
    private final Queue<Ask> asks = new ArrayDeque<>();

    private final Set<String> unknownTypes = new HashSet<>();
    private List<Rejection> rejections = new ArrayList<>();
    private long lastNonce;
    private boolean reconnected;
    private boolean closed;
    private @Nullable NodeRecord node;
    private @Nullable Primer primer;

    AdsStream(XdsCache cache, Deployments deployments, DeltaWire wire) {
        this.cache = cache;
        this.deployments = deployments;
        this.wire = wire;
        deployments.counters().streamOpened();
        cache.attach(inbox);
    }

    /** A message from the client; gRPC brings them one by one. */
    void receive(Ask ask) {
        if (isNew() && !open(ask.node())) {
            return;
        }
        locked(() -> {
            if (asks.size() == MAX_ASKS) {
                fail(Status.RESOURCE_EXHAUSTED.withDescription(
                        "The server has no configuration yet and will not keep more messages; connect again later"));
            } else {
                asks.add(ask);
            }
        });
    }

    /** The cache or the transport may have something for this stream. */
    void proceed() {
        locked(() -> {});
    }

    /** The client has ended the stream. */
    void complete() {
        locked(() -> {
            end();
            wire.complete();
        });
    }

    /** The stream is broken. */
    void broken() {
        locked(this::end);
    }

    /** Another stream of the same node opens, so this one may be dead, and the answers to what it sent lost. */
    void doubtInFlight() {
        lock.lock();
        try {
            subscriptions.values().forEach(TypeSubscription::lost);
        } finally {
            lock.unlock();
        }
    }

    NodeStatus.State progress(ResourceKey key) {
        lock.lock();
        try {
            cache.consistently(this::drain);
            TypeSubscription subscription = subscriptions.get(key.type());
            return subscription == null ? NodeStatus.State.UNSUBSCRIBED : subscription.progress(key.name());
        } finally {
            lock.unlock();
        }
    }

    Map<ResourceType, NodeView.Counts> counts() {
        lock.lock();
        try {
            cache.consistently(this::drain);
            Map<ResourceType, NodeView.Counts> counts = new EnumMap<>(ResourceType.class);
            subscriptions.forEach((type, subscription) -> counts.put(type, subscription.counts()));
            return counts;
        } finally {
            lock.unlock();
        }
    }

    private boolean isNew() {
        lock.lock();
        try {
            return node == null;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps the node of the first message: an Envoy sends it no more (set_node_on_first_message_only). */
    private boolean open(Node presented) {
        String id = presented.getId();
        if (id.isEmpty() || id.length() > MAX_NODE_ID || !id.equals(NackText.oneLine(id))) {
            locked(() -> fail(Status.INVALID_ARGUMENT.withDescription(
                    "The first message of a stream must carry a node with an id of 1 to 256 printable characters")));
            return false;
        }
        NodeRecord record = deployments.opened(presented, this);
        record.streams().stream().filter(other -> other != this).forEach(AdsStream::doubtInFlight);
        lock.lock();
        try {
            node = record;
            primer = new Primer(cache, record);
            if (closed) {
                deployments.closed(record, this);
            }
        } finally {
            lock.unlock();
        }
        LOG.info("ads stream opened node={}", id);
        return true;
    }

    /** Does the work, then sends what may go. An exception ends this stream and nothing else. */
    private void locked(Runnable work) {
        List<Rejection> news;
        lock.lock();
        try {
            if (!closed) {
                work.run();
                pump();
            }
        } catch (RuntimeException e) {
            LOG.error("ads stream failed node={}", id(), e);
            fail(Status.INTERNAL.withDescription("The configuration server failed on this stream; see its log"));
        } finally {
            news = rejections;
            rejections = new ArrayList<>();
            lock.unlock();
        }
        deployments.progressed(news);
    }

    private void pump() {
        for (Batch batch = cache.consistently(this::next); batch != null; batch = cache.consistently(this::next)) {
            String nonce = Long.toString(++lastNonce, Character.MAX_RADIX);
            nonces.put(batch.type(), nonce);
            int bytes = wire.send(batch, nonce, Long.toString(cache.revision()));
            deployments.counters().sent(batch, bytes);
        }
    }

    /** Takes in what has come, then chooses one response; nothing changes in the cache meanwhile. */
    private @Nullable Batch next() {
        drain();
        NodeRecord client = node;
        while (client != null && cache.ready() && !closed && !asks.isEmpty()) {
            handle(asks.remove(), client);
        }
        if (closed || !wire.isReady()) {
            return null;
        }
        for (Map.Entry<ResourceType, TypeSubscription> entry : subscriptions.entrySet()) {
            ResourceType type = entry.getKey();
            Batch batch = next(type, entry.getValue());
            if (batch != null) {
                entry.getValue().sent(batch);
                resendEndpoints(batch);
                return batch;
            }
        }
        return null;
    }

    private @Nullable Batch next(ResourceType type, TypeSubscription subscription) {
        boolean additions = order.additionsAllowed(type);
        boolean removals = order.removalsAllowed(type);
        if (type == ResourceType.LISTENER && primer != null) {
            return primer.next(subscription, subscriptions.get(ResourceType.SCOPED_ROUTE), additions, removals);
        }
        return subscription.next(additions, removals);
    }

    /** A changed cluster warms until it has its endpoints again, and Envoy does not ask for them a second time. */
    private void resendEndpoints(Batch batch) {
        TypeSubscription endpoints = subscriptions.get(ResourceType.ENDPOINT);
        if (batch.type() == ResourceType.CLUSTER && batch.hasAdditions() && endpoints != null) {
            batch.members().keySet().stream().filter(endpoints::isExplicit).forEach(endpoints::mark);
        }
    }

    private @Nullable Void drain() {
        inbox.drain(key -> {
            TypeSubscription subscription = subscriptions.get(key.type());
            if (subscription != null) {
                subscription.mark(key.name());
            }
        });
        return null;
    }

    private void handle(Ask ask, NodeRecord client) {
        ResourceType type = ResourceType.forTypeUrl(ask.typeUrl()).orElse(null);
        if (type == null) {
            refuse(ask.typeUrl());
            return;
        }
        TypeSubscription subscription = subscriptions.get(type);
        if (subscription == null) {
            start(type, ask, client);
            return;
        }
        if (ask.nonce().equals(nonces.get(type)) && subscription.isAwaitingAnswer()) {
            answer(type, subscription, ask.error());
        }
        subscription.subscribe(ask.subscribe());
        subscription.unsubscribe(ask.unsubscribe());
    }

    private void refuse(String typeUrl) {
        if (typeUrl.isEmpty()) {
            fail(Status.INVALID_ARGUMENT.withDescription("A discovery request must carry a type_url"));
        } else if (unknownTypes.size() < MAX_UNKNOWN_TYPES && unknownTypes.add(typeUrl)) {
            LOG.warn("ads type not served node={} type_url={}", id(), NackText.oneLine(typeUrl));
        }
    }

    private void start(ResourceType type, Ask ask, NodeRecord client) {
        Map<String, String> known = ask.known();
        if (!known.isEmpty() && !reconnected) {
            reconnected = true;
            deployments.counters().reconnected();
        }
        boolean everything = ask.subscribe().isEmpty() || ask.subscribe().contains("*");
        if (type == ResourceType.LISTENER && everything && primer != null) {
            known = primer.start(known);
        }
        TypeSubscription subscription = new TypeSubscription(type, cache, client, deployments.salt());
        subscriptions.put(type, subscription);
        subscription.start(ask.subscribe(), known);
    }

    private void answer(ResourceType type, TypeSubscription subscription, @Nullable String error) {
        if (error == null) {
            deployments.counters().acknowledged(type);
            subscription.acknowledged();
            return;
        }
        deployments.counters().rejected(type);
        List<Rejection> refused = subscription.rejected(error);
        rejections.addAll(refused);
        if (type == ResourceType.LISTENER && primer != null) {
            primer.rejected(refused);
        }
        if (refused.isEmpty()) {
            LOG.warn("ads response rejected node={} type={} reason=\"{}\"", id(), type, NackText.reason(error));
        }
        for (Rejection each : refused) {
            LOG.warn("ads resource rejected node={} resource={} reason=\"{}\"", id(), each.key(), each.reason());
        }
    }

    private void fail(Status status) {
        if (closed) {
            return;
        }
        end();
        LOG.warn("ads stream refused node={} status={} reason=\"{}\"", id(), status.getCode(), status.getDescription());
        try {
            wire.fail(status);
        } catch (RuntimeException e) {
            LOG.debug("ads stream was over already node={}", id(), e);
        }
    }

    private void end() {
        closed = true;
        cache.detach(inbox);
        deployments.counters().streamClosed();
        subscriptions.values().forEach(TypeSubscription::lost);
        if (node != null) {
            deployments.closed(node, this);
            LOG.info("ads stream closed node={}", id());
        }
    }

    private String id() {
        return node == null ? "unknown" : node.id();
    }
}
