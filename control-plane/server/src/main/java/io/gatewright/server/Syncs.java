package io.gatewright.server;

import io.gatewright.settings.Settings;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.ResourceKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Full reconciles: everything is derived anew, compared with what the gateways are served, and what differs is sent. The
 * last hundred are remembered. Thread-safe.
 */
public final class Syncs {
    private static final Logger LOG = LoggerFactory.getLogger(Syncs.class);
    private static final int REMEMBERED = 100;

    /** Why a sync ran. */
    public enum Trigger {
        STARTUP,
        INTERVAL,
        MANUAL
    }

    /**
     * One sync.
     *
     * @param changed resources that differed and were sent, or would have been
     * @param nodes the gateways as they were at its end
     */
    public record Sync(
            long id,
            Trigger trigger,
            boolean dryRun,
            long revision,
            Instant startedAt,
            Instant finishedAt,
            int changed,
            List<NodeView> nodes) {}

    private final Publisher publisher;
    private final Supplier<Settings> settings;
    private final Deployments deployments;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Sync> done = new ArrayDeque<>();
    private long lastId;

    public Syncs(Publisher publisher, Supplier<Settings> settings, Deployments deployments, Clock clock) {
        this.publisher = publisher;
        this.settings = settings;
        this.deployments = deployments;
        this.clock = clock;
    }

    /**
     * Runs one.
     *
     * @param wait how long to wait until every gateway has answered; zero for not at all
     */
    public Sync run(Trigger trigger, boolean dryRun, Duration wait) throws InterruptedException {
        Instant started = clock.instant();
        Settings current = settings.get();
        Set<ResourceKey> changed = dryRun ? publisher.difference(current) : publisher.publishAll(current);
        if (!wait.isZero() && !dryRun) {
            deployments.await(changed, current.revision(), wait);
        }
        lock.lock();
        try {
            Sync sync = new Sync(
                    ++lastId,
                    trigger,
                    dryRun,
                    current.revision(),
                    started,
                    clock.instant(),
                    changed.size(),
                    deployments.nodes());
            done.addFirst(sync);
            if (done.size() > REMEMBERED) {
                done.removeLast();
            }
            LOG.info(
                    "sync id={} trigger={} revision={} changed={}",
                    sync.id(),
                    trigger,
                    sync.revision(),
                    changed.size());
            return sync;
        } finally {
            lock.unlock();
        }
    }

    /** The latest, newest first. */
    public List<Sync> latest() {
        lock.lock();
        try {
            return List.copyOf(done);
        } finally {
            lock.unlock();
        }
    }

    public Optional<Sync> find(long id) {
        return latest().stream().filter(sync -> sync.id() == id).findFirst();
    }
}
