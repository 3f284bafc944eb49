package io.gatewright.kong.node;

import io.gatewright.kong.Bundle;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All Kongs, each kept by itself, so that none waits for another. Thread-safe. */
public final class KongFleet implements AutoCloseable {
    private final HttpClient client;
    private final List<KongNode> nodes;
    private final List<KongNode.Listener> listeners = new CopyOnWriteArrayList<>();

    /** Does nothing before {@link #start}. The client is closed with it. */
    public KongFleet(List<NodeOptions> options, HttpClient client, Clock clock) {
        this.client = client;
        this.nodes = options.stream()
                .map(each -> new KongNode(each, client, clock, new Relay()))
                .toList();
    }

    /** Has it told of all nodes, on the thread of each, which it must not block. */
    public void listen(KongNode.Listener listener) {
        listeners.add(listener);
    }

    private final class Relay implements KongNode.Listener {
        @Override
        public void changed(NodeView view) {
            listeners.forEach(listener -> listener.changed(view));
        }

        @Override
        public void drifted(Drift drift) {
            listeners.forEach(listener -> listener.drifted(drift));
        }
    }

    public void start() {
        nodes.forEach(KongNode::start);
    }

    /** What all shall run from now on. Returns at once. */
    public void offer(Bundle bundle) {
        nodes.forEach(node -> node.offer(bundle));
    }

    /** Has all looked at now, and what some refuse offered to those once more. */
    public void check() {
        nodes.forEach(KongNode::check);
    }

    /** How each stands, in the order of the configuration. */
    public List<NodeView> views() {
        return nodes.stream().map(KongNode::view).toList();
    }

    /** What each proved last, in the same order; empty bundles for those that have proved nothing yet. */
    public List<Bundle> proven() {
        return nodes.stream().map(KongNode::proven).toList();
    }

    public boolean isEmpty() {
        return nodes.isEmpty();
    }

    /** Waits until each has answered to the bundle of this digest, or shall run another one; says whether all have. */
    public boolean awaitSettled(String digest, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean settled = true;
        for (KongNode node : nodes) {
            long left = Math.max(0, deadline - System.nanoTime());
            settled &= node.awaitSettled(digest, Duration.ofNanos(left));
        }
        return settled;
    }

    /** Waits until each that can be reached has. */
    public void awaitSettledIfThere(String digest, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        for (KongNode node : nodes) {
            long left = Math.max(0, deadline - System.nanoTime());
            if (!node.awaitSettledIfThere(digest, Duration.ofNanos(left))) {
                return;
            }
        }
    }

    @Override
    public void close() {
        nodes.forEach(KongNode::close);
        client.shutdownNow();
    }
}
