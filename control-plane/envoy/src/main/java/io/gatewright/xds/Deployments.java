package io.gatewright.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which node has which resource: every resource of the cache times every node. Thread-safe.
 *
 * <p>Per node only exceptions are kept: what is pending on its stream, what it rejects, and its last 10,000 acknowledgements.
 * Everything else is acknowledged. A disconnected node stays listed for 24 hours, or until there are more than 1,000 nodes.
 */
public final class Deployments {
    static final int MAX_NODES = 1_000;
    static final Duration REMEMBERED = Duration.ofHours(24);
    private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);

    private final XdsCache cache;
    private final Clock clock;
    private final Salt salt;
    private final AdsCounters counters = new AdsCounters();
    private final List<Consumer<Rejection>> rejectionListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<Acceptance>> acceptanceListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> driftListeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private final Map<String, NodeRecord> nodes = new HashMap<>();
    private long ticks;

    public Deployments(XdsCache cache, Clock clock) {
        this.cache = cache;
        this.clock = clock;
        this.salt = new Salt(clock);
    }

    public AdsCounters counters() {
        return counters;
    }

    /** Calls the listener for each resource that a node refuses, on the thread that read the refusal; it must not block. */
    public void onRejected(Consumer<Rejection> listener) {
        rejectionListeners.add(listener);
    }

    /**
     * Calls the listener for each content that a node accepts and was not known to have, on the thread that read the
     * acknowledgement; it must not block.
     */
    public void onAccepted(Consumer<Acceptance> listener) {
        acceptanceListeners.add(listener);
    }

    /** One entry per known node, ordered by node id. */
    public List<NodeStatus> status(ResourceKey key) {
        return records().stream().map(node -> node.status(key, cache)).toList();
    }

    /** All known nodes, ordered by node id. */
    public List<NodeView> nodes() {
        return records().stream().map(NodeRecord::view).toList();
    }

    /**
     * Waits until the cache has reached the revision and every connected node that wants any of these resources, and at least
     * one, has acknowledged or rejected their content of that revision or a later one. Meant for virtual threads.
     *
     * @return false if the time was over first
     */
    public boolean await(Collection<ResourceKey> keys, long revision, Duration timeout) throws InterruptedException {
        List<ResourceKey> wanted = List.copyOf(keys);
        long deadline = System.nanoTime() + timeout.toNanos();
        Deque<NodeRecord> open = new ArrayDeque<>();
        while (true) {
            long seen = ticks();
            // Each tick looks no further than the first node that is open; at last at all, as more may have come.
            while (!open.isEmpty() && hasAnswered(open.getFirst(), wanted, revision)) {
                open.removeFirst();
            }
            if (open.isEmpty() && isSettled(wanted, revision)) {
                return true;
            }
            if (open.isEmpty()) {
                open.addAll(records());
            }
            if (!awaitTick(seen, deadline - System.nanoTime())) {
                return false;
            }
        }
    }

    /** What connected nodes have other than they should, and what they refuse. */
    public Arrears arrears() {
        List<Drift> drift = new ArrayList<>();
        List<Rejection> refused = new ArrayList<>();
        for (NodeRecord node : records()) {
            drift.addAll(DriftCheck.of(node, cache, clock.instant()));
            if (!node.streams().isEmpty()) {
                refused.addAll(node.rejections());
            }
        }
        return new Arrears(List.copyOf(drift), List.copyOf(refused));
    }

    /** Sends nodes again what they lack, and ends the streams that do not answer, so that those nodes connect again. */
    public void makeGood(Arrears arrears) {
        for (NodeRecord node : records()) {
            Set<ResourceKey> keys = arrears.toSend(node.id());
            boolean silent = false;
            for (Drift drift : arrears.drift()) {
                if (drift.node().equals(node.id())) {
                    node.forgetReported(drift);
                    silent |= drift.kind() == Drift.Kind.SILENT;
                }
            }
            keys.forEach(node::offerAgain);
            for (AdsStream stream : node.streams()) {
                if (!keys.isEmpty()) {
                    stream.amend(wanted -> keys.forEach(wanted::resend));
                }
                if (silent) {
                    startOver(node, stream);
                }
            }
        }
    }

    /**
     * Follows what changed in the cache at every node that is connected now.
     *
     * @param revision the one that is to be proved
     * @param since when this began
     */
    public Settlement follow(Set<ResourceKey> changed, long revision, Instant since) {
        return new Settlement(this, cache, changed, null, revision, since);
    }

    /** The same with all that these nodes lack besides, and all that is under way to them. */
    public Settlement followAll(Set<ResourceKey> changed, Arrears arrears, long revision, Instant since) {
        return new Settlement(this, cache, changed, arrears, revision, since);
    }

    private void startOver(NodeRecord node, AdsStream stream) {
        Instant overdue = clock.instant().minus(DriftCheck.ANSWER_WITHIN);
        if (!stream.read(wanted -> wanted.unansweredSince(overdue), List.<ResourceType>of())
                .isEmpty()) {
            LOG.warn("ads stream without answer, node={} is to connect again", node.id());
            stream.startOver("This stream has an unanswered response; connect again and say what you have");
        }
    }

    /** Calls the listener when a node has come back with something else than it had; it must not block. */
    public void onDrift(Runnable listener) {
        driftListeners.add(listener);
    }

    void drifted() {
        driftListeners.forEach(Runnable::run);
    }

    Salt salt() {
        return salt;
    }

    NodeRecord opened(Node node, AdsStream stream) {
        lock.lock();
        try {
            NodeRecord record = nodes.computeIfAbsent(node.getId(), id -> new NodeRecord(id, clock));
            record.opened(stream, node);
            return record;
        } finally {
            lock.unlock();
            progressed(List.of(), List.of());
        }
    }

    void closed(NodeRecord node, AdsStream stream) {
        node.closed(stream);
        lock.lock();
        try {
            forget();
        } finally {
            lock.unlock();
        }
        progressed(List.of(), List.of());
    }

    /** Tells those who wait that something may have settled. Called without a stream's lock. */
    void progressed(List<Rejection> rejections, List<Acceptance> acceptances) {
        rejections.forEach(rejection -> tell(rejectionListeners, rejection));
        acceptances.forEach(acceptance -> tell(acceptanceListeners, acceptance));
        lock.lock();
        try {
            ticks++;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static <T> void tell(List<Consumer<T>> listeners, T news) {
        for (Consumer<T> listener : listeners) {
            try {
                listener.accept(news);
            } catch (RuntimeException e) {
                LOG.error("a listener failed at {}", news, e);
            }
        }
    }

    private boolean isSettled(List<ResourceKey> keys, long revision) {
        if (cache.revision() < revision) {
            return false;
        }
        boolean wanted = false;
        for (NodeRecord node : records()) {
            if (!hasAnswered(node, keys, revision)) {
                return false;
            }
            wanted |= !node.streams().isEmpty()
                    && keys.stream().anyMatch(key -> node.status(key, cache).state() != NodeStatus.State.UNSUBSCRIBED);
        }
        return wanted;
    }

    private boolean hasAnswered(NodeRecord node, List<ResourceKey> keys, long revision) {
        if (cache.revision() < revision) {
            return false;
        }
        for (ResourceKey key : keys) {
            NodeStatus.State state = node.status(key, cache).state();
            NodeRecord.Ack ack = node.ack(key);
            boolean caughtUp = ack != null && ack.revision() >= revision;
            if ((state == NodeStatus.State.PENDING || state == NodeStatus.State.SENT) && !caughtUp) {
                return false;
            }
        }
        return true;
    }

    /** Counts whatever may have settled something. */
    long ticks() {
        lock.lock();
        try {
            return ticks;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there was another tick than this; false if the time was over first. */
    boolean awaitTick(long seen, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (ticks == seen) {
                if (left <= 0) {
                    return false;
                }
                left = progress.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    List<NodeRecord> records() {
        lock.lock();
        try {
            forget();
            return nodes.values().stream()
                    .sorted(Comparator.comparing(NodeRecord::id))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private void forget() {
        var expiry = clock.instant().minus(REMEMBERED);
        nodes.values().removeIf(node -> node.streams().isEmpty() && node.since().isBefore(expiry));
        int over = nodes.size() - MAX_NODES;
        if (over <= 0) {
            return;
        }
        nodes.values().stream()
                .filter(node -> node.streams().isEmpty())
                .sorted(Comparator.comparing(NodeRecord::since))
                .limit(over)
                .toList()
                .forEach(node -> nodes.remove(node.id()));
    }
}
