package io.gatewright.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
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
    private final Wire wire;
    private final ChangeInbox inbox = new ChangeInbox(this::proceed);
    private final ReentrantLock lock = new ReentrantLock();
    /** Messages not handled yet: for a moment, or until the cache is ready. */
    private final Queue<Ask> asks = new ArrayDeque<>();

    private final Set<String> unknownTypes = new HashSet<>();
    private List<Rejection> rejections = new ArrayList<>();
    private long lastNonce;
    private boolean closed;
    /** Set by the first message. */
    private @Nullable Subscriptions subscriptions;

    AdsStream(XdsCache cache, Deployments deployments, Wire wire) {
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
            if (subscriptions != null) {
                subscriptions.lost();
            }
        } finally {
            lock.unlock();
        }
    }

    NodeStatus.State progress(ResourceKey key) {
        return read(wanted -> wanted.progress(key), NodeStatus.State.UNSUBSCRIBED);
    }

    Map<ResourceType, NodeView.Counts> counts() {
        return read(Subscriptions::counts, Map.of());
    }

    /** Asks about what it subscribes to, while nothing changes in the cache. */
    <T> T read(Function<Subscriptions, T> question, T withoutAny) {
        lock.lock();
        try {
            Subscriptions wanted = subscriptions;
            return cache.consistently(() -> {
                drain();
                return wanted == null ? withoutAny : question.apply(wanted);
            });
        } finally {
            lock.unlock();
        }
    }

    /** Changes what is to be sent, while nothing changes in the cache, then sends. */
    void amend(Consumer<Subscriptions> work) {
        locked(() -> read(
                wanted -> {
                    work.accept(wanted);
                    return true;
                },
                false));
    }

    /** Ends the stream, so that the node connects again and says what it has. */
    void startOver(String reason) {
        locked(() -> fail(Status.UNAVAILABLE.withDescription(reason)));
    }

    private boolean isNew() {
        lock.lock();
        try {
            return subscriptions == null;
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
            subscriptions = new Subscriptions(cache, record, deployments.salt(), deployments.counters());
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
        List<Rejection> refused;
        List<Acceptance> accepted;
        boolean drifted;
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
            refused = rejections;
            rejections = new ArrayList<>();
            accepted = subscriptions == null ? List.of() : subscriptions.node().takeAccepted();
            drifted = subscriptions != null && subscriptions.node().takeNews();
            lock.unlock();
        }
        deployments.progressed(refused, accepted);
        if (drifted) {
            deployments.drifted();
        }
    }

    private void pump() {
        for (Batch batch = choose(); batch != null; batch = choose()) {
            int bytes = wire.send(batch, nonce(), Long.toString(cache.revision()));
            deployments.counters().sent(batch, bytes);
        }
    }

    private @Nullable Batch choose() {
        lastNonce++;
        return cache.consistently(this::next);
    }

    private String nonce() {
        return Long.toString(lastNonce, Character.MAX_RADIX);
    }

    /** Takes in what has come, then chooses one response; nothing changes in the cache meanwhile. */
    private @Nullable Batch next() {
        drain();
        Subscriptions wanted = subscriptions;
        while (wanted != null && cache.ready() && !closed && !asks.isEmpty()) {
            handle(asks.remove(), wanted);
        }
        return wanted == null || closed || !wire.isReady() ? null : wanted.next(nonce());
    }

    private @Nullable Void drain() {
        Subscriptions wanted = subscriptions;
        inbox.drain(key -> {
            if (wanted != null) {
                wanted.mark(key);
            }
        });
        return null;
    }

    private void handle(Ask ask, Subscriptions wanted) {
        ResourceType.forTypeUrl(ask.typeUrl())
                .ifPresentOrElse(type -> rejections.addAll(wanted.handle(type, ask)), () -> refuse(ask.typeUrl()));
    }

    private void refuse(String typeUrl) {
        if (typeUrl.isEmpty()) {
            fail(Status.INVALID_ARGUMENT.withDescription("A discovery request must carry a type_url"));
        } else if (unknownTypes.size() < MAX_UNKNOWN_TYPES && unknownTypes.add(typeUrl)) {
            LOG.warn("ads type not served node={} type_url={}", id(), NackText.oneLine(typeUrl));
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
        if (subscriptions != null) {
            subscriptions.lost();
            deployments.closed(subscriptions.node(), this);
            LOG.info("ads stream closed node={}", id());
        }
    }

    private String id() {
        return subscriptions == null ? "unknown" : subscriptions.node().id();
    }
}
