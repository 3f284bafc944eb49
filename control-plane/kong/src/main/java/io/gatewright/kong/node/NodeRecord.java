package io.gatewright.kong.node;

import io.gatewright.kong.Bundle;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is known of a node, for whoever asks. Thread-safe; the listener is told outside of the lock. */
final class NodeRecord {
    private final NodeOptions options;
    private final Clock clock;
    private final KongNode.Listener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private String version = "";
    private boolean connected;
    private Instant since;
    private String digest = "";
    private String answered = "";
    private int entities;
    private List<Refusal> refusals = List.of();
    private @Nullable Instant provenAt;
    private String problem = "";
    private long posts;
    private long drifts;

    NodeRecord(NodeOptions options, Clock clock, KongNode.Listener listener) {
        this.options = options;
        this.clock = clock;
        this.listener = listener;
        this.since = clock.instant();
    }

    boolean connected() {
        return view().connected();
    }

    void wants(Bundle bundle) {
        int size = Math.toIntExact(bundle.all().count());
        change(() -> {
            digest = bundle.digest();
            entities = size;
            provenAt = null;
        });
    }

    /** It has to answer once more. */
    void asks() {
        change(() -> {
            answered = "";
            provenAt = null;
        });
    }

    void here(String itsVersion) {
        change(() -> {
            version = itsVersion;
            connected = true;
            since = clock.instant();
            problem = "";
        });
    }

    void away(String why) {
        change(() -> {
            since = connected ? clock.instant() : since;
            connected = false;
            problem = why;
        });
    }

    void waits(String why) {
        change(() -> problem = why);
    }

    void drifted(Drift drift) {
        change(() -> {
            drifts++;
            provenAt = null;
            answered = "";
        });
        listener.drifted(drift);
    }

    /** A document goes out. */
    void posts() {
        lock.lock();
        try {
            posts++;
        } finally {
            lock.unlock();
        }
    }

    /** @param proven whether it runs the bundle, but for the tenants that the refusals name */
    void answers(Bundle bundle, List<Refusal> now, boolean proven) {
        lock.lock();
        try {
            boolean known = answered.equals(bundle.digest()) && (provenAt != null) == proven && same(now);
            if (known && problem.isEmpty()) {
                return;
            }
        } finally {
            lock.unlock();
        }
        change(() -> {
            refusals = now.stream().map(this::withFirstTime).toList();
            answered = bundle.digest();
            boolean still = digest.equals(bundle.digest());
            if (!proven || !still) {
                provenAt = null;
            } else if (provenAt == null) {
                provenAt = clock.instant();
            }
            problem = "";
        });
    }

    private boolean same(List<Refusal> now) {
        return now.stream().map(this::withFirstTime).toList().equals(refusals);
    }

    private Refusal withFirstTime(Refusal refusal) {
        return refusals.stream()
                .filter(old -> old.tenant().equals(refusal.tenant())
                        && old.entity().equals(refusal.entity())
                        && old.revision() == refusal.revision()
                        && old.reason().equals(refusal.reason()))
                .findFirst()
                .orElse(refusal);
    }

    NodeView view() {
        lock.lock();
        try {
            return new NodeView(
                    options.name(),
                    options.admin(),
                    version,
                    connected,
                    since,
                    digest,
                    !digest.isEmpty() && answered.equals(digest),
                    entities,
                    refusals,
                    provenAt,
                    problem,
                    posts,
                    drifts);
        } finally {
            lock.unlock();
        }
    }

    boolean await(Predicate<NodeView> condition, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (!condition.test(view())) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        NodeView view;
        lock.lock();
        try {
            change.run();
            changed.signalAll();
            view = view();
        } finally {
            lock.unlock();
        }
        listener.changed(view);
    }
}
