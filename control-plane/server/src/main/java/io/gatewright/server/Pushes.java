package io.gatewright.server;

import io.gatewright.settings.SettingsChange;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.NodeOutcome;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.Settlement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Publishes each change at once, and follows it beside: when its gateways have answered there is a row of it. Changes that come
 * while others are followed are joined into the next row. Thread-safe.
 */
public final class Pushes {
    static final Duration FOLLOWED = Duration.ofSeconds(30);

    private final Publisher publisher;
    private final Deployments deployments;
    private final SyncJournal journal;
    private final String replica;
    private final Clock clock;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Joined joined;
    private boolean following;

    private static final class Joined {
        private final Instant startedAt;
        private final Set<ResourceKey> changed = new HashSet<>();
        private long revision;

        private Joined(Instant startedAt) {
            this.startedAt = startedAt;
        }
    }

    public Pushes(
            Publisher publisher,
            Deployments deployments,
            SyncJournal journal,
            String replica,
            Clock clock,
            Executor executor) {
        this.publisher = publisher;
        this.deployments = deployments;
        this.journal = journal;
        this.replica = replica;
        this.clock = clock;
        this.executor = executor;
    }

    /** Publishes a change; returns when it is in the cache and under way. */
    public void publish(SettingsChange change) {
        Instant startedAt = clock.instant();
        Set<ResourceKey> changed = publisher.publish(change);
        if (changed.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            Joined next = joined == null ? new Joined(startedAt.truncatedTo(ChronoUnit.MICROS)) : joined;
            next.changed.addAll(changed);
            next.revision = change.current().revision();
            joined = next;
            if (!following) {
                following = true;
                executor.execute(this::follow);
            }
        } finally {
            lock.unlock();
        }
    }

    private void follow() {
        for (Joined next = take(); next != null; next = take()) {
            try {
                follow(next);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return; // the process ends
            }
        }
    }

    private @Nullable Joined take() {
        lock.lock();
        try {
            Joined next = joined;
            joined = null;
            following = next != null;
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void follow(Joined push) throws InterruptedException {
        Settlement settlement = deployments.follow(push.changed, push.revision, push.startedAt);
        if (!settlement.hasNodes()) {
            return;
        }
        boolean settled = settlement.await(FOLLOWED, node -> {});
        List<NodeOutcome> nodes = settlement.outcomes();
        List<Quarantined> quarantined = Quarantined.all(publisher, deployments);
        journal.write(SyncReport.row(new Sync(
                0,
                replica,
                Sync.Trigger.REVISION,
                false,
                push.revision,
                push.startedAt,
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                Sync.Outcome.of(settled, nodes, quarantined),
                push.changed,
                List.of(),
                quarantined,
                nodes,
                null)));
    }
}
