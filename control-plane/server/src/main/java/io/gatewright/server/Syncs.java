package io.gatewright.server;

import io.gatewright.registry.SyncRow;
import io.gatewright.registry.SyncTable;
import io.gatewright.server.Sync.Outcome;
import io.gatewright.server.Sync.Trigger;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Arrears;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.Drift;
import io.gatewright.xds.NodeOutcome;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.Settlement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Full reconciles: everything is derived anew, compared with what gateways are served and with what each has accepted, and what
 * differs is sent; what is refused is offered once more. Each that is over is a row in the registry. Thread-safe.
 */
public final class Syncs {
    private static final Logger LOG = LoggerFactory.getLogger(Syncs.class);
    /** The row names more, the metric counts all. */
    private static final int LOGGED = 10;

    /** Told how a sync goes on, on the thread that runs it. */
    public interface Progress {
        Progress NONE = new Progress() {
            @Override
            public void started(SyncRow sync) {}

            @Override
            public void answered(NodeOutcome node) {}
        };

        /** Everything is under way, or would be. */
        void started(SyncRow sync);

        /** A gateway has answered everything. */
        void answered(NodeOutcome node);
    }

    private final Publisher publisher;
    private final Supplier<Settings> settings;
    private final Deployments deployments;
    private final SyncTable table;
    private final SyncJournal journal;
    private final String replica;
    private final Clock clock;
    private final Executor executor;
    private final Map<Long, Running> running = new ConcurrentHashMap<>();
    private final Map<Drift.Kind, LongAdder> drifts = new EnumMap<>(Drift.Kind.class);
    private final AtomicBoolean driftSeen = new AtomicBoolean();

    private record Running(
            long id,
            Trigger trigger,
            boolean dryRun,
            long revision,
            Instant startedAt,
            Set<ResourceKey> changed,
            List<Drift> drift,
            Settlement settlement,
            @Nullable String failure) {}

    /**
     * Runs none yet.
     *
     * @param settings the newest
     * @param replica the name of this process in the rows
     * @param executor runs what goes on in the background; a virtual thread each is good
     */
    public Syncs(
            Publisher publisher,
            Supplier<Settings> settings,
            Deployments deployments,
            SyncTable table,
            SyncJournal journal,
            String replica,
            Clock clock,
            Executor executor) {
        this.publisher = publisher;
        this.settings = settings;
        this.deployments = deployments;
        this.table = table;
        this.journal = journal;
        this.replica = replica;
        this.clock = clock;
        this.executor = executor;
        for (Drift.Kind kind : Drift.Kind.values()) {
            drifts.put(kind, new LongAdder());
        }
    }

    /**
     * Runs one. A dry run sends nothing and says the same.
     *
     * @param wait how long to wait until every gateway has answered; zero: not at all, then it is followed for 30 s in the
     *     background
     * @return how it stands
     */
    public SyncRow run(Trigger trigger, boolean dryRun, Duration wait, Progress progress) throws InterruptedException {
        Running sync = begin(trigger, dryRun);
        progress.started(underWay(sync));
        if (dryRun || sync.failure() != null) {
            return finish(sync, true);
        }
        boolean settled = sync.settlement().await(wait, progress::answered);
        if (settled || !wait.isZero()) {
            return finish(sync, settled);
        }
        executor.execute(() -> followUp(sync));
        return underWay(sync);
    }

    /** Has a full reconcile run in the background, since a gateway has something that nobody gave it. */
    public void driftSeen() {
        if (driftSeen.compareAndSet(false, true)) {
            executor.execute(() -> {
                driftSeen.set(false);
                try {
                    run(Trigger.DRIFT, false, Duration.ZERO, Progress.NONE);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    /** The newest syncs of all replicas below an id, newest first; see {@link SyncTable#before}. */
    public List<SyncRow> before(long id, int limit, @Nullable String trigger) {
        return table.before(id, limit, trigger);
    }

    /** One that is under way here, or that is over anywhere. */
    public Optional<SyncRow> find(long id) {
        Running here = running.get(id);
        return here != null ? Optional.of(underWay(here)) : table.find(id);
    }

    /** How often something was found that nobody had changed. */
    long drifts(Drift.Kind kind) {
        return adder(kind).sum();
    }

    private LongAdder adder(Drift.Kind kind) {
        LongAdder adder = drifts.get(kind);
        if (adder == null) {
            throw new IllegalStateException("No counter for " + kind);
        }
        return adder;
    }

    private Running begin(Trigger trigger, boolean dryRun) {
        Instant startedAt = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Arrears arrears = deployments.arrears();
        List<Drift> drift = new ArrayList<>(arrears.drift());
        long revision = Math.max(0, settings.get().revision());
        Set<ResourceKey> changed = Set.of();
        String failure = null;
        try {
            Publisher.Reconciled reconciled = publisher.reconcile(settings, dryRun);
            revision = reconciled.revision();
            changed = reconciled.changed();
            reconciled.drifted().forEach(key -> drift.add(Drift.served(key)));
        } catch (RuntimeException e) {
            LOG.error("sync failed trigger={} revision={}", trigger.wireName(), revision, e);
            failure = String.valueOf(e.getMessage());
        }
        Settlement settlement = deployments.followAll(changed, arrears, revision, startedAt);
        if (!dryRun) {
            deployments.makeGood(arrears);
            drift.forEach(each -> adder(each.kind()).increment());
            drift.stream()
                    .limit(LOGGED)
                    .forEach(each -> LOG.warn(
                            "drift kind={} node={} resource={} found=\"{}\"",
                            each.kind(),
                            each.node(),
                            each.resource(),
                            each.found()));
        }
        Trigger why = trigger == Trigger.INTERVAL && !drift.isEmpty() ? Trigger.DRIFT : trigger;
        long id = trigger == Trigger.MANUAL ? journal.nextId() : 0;
        Running sync =
                new Running(id, why, dryRun, revision, startedAt, changed, List.copyOf(drift), settlement, failure);
        if (id > 0) {
            running.put(id, sync);
        }
        return sync;
    }

    private void followUp(Running sync) {
        try {
            finish(sync, sync.settlement().await(Pushes.FOLLOWED, node -> {}));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the process ends
        }
    }

    private SyncRow finish(Running sync, boolean settled) {
        SyncRow row = journal.write(row(sync, clock.instant(), settled));
        running.remove(sync.id());
        LOG.info(
                "sync id={} trigger={} revision={} outcome={} changed={} drift={}",
                row.id(),
                row.trigger(),
                row.revision(),
                row.outcome(),
                row.changed(),
                row.drift());
        return row;
    }

    private SyncRow underWay(Running sync) {
        return row(sync, null, false);
    }

    private SyncRow row(Running sync, @Nullable Instant endedAt, boolean settled) {
        List<NodeOutcome> nodes =
                sync.dryRun() ? sync.settlement().plan() : sync.settlement().outcomes();
        List<Quarantined> quarantined = Quarantined.all(publisher, deployments);
        Outcome outcome;
        if (endedAt == null) {
            outcome = Outcome.RUNNING;
        } else if (sync.failure() != null) {
            outcome = Outcome.FAILED;
        } else {
            outcome = sync.dryRun() ? Outcome.PLANNED : Outcome.of(settled, nodes, quarantined);
        }
        return SyncReport.row(new Sync(
                sync.id(),
                replica,
                sync.trigger(),
                sync.dryRun(),
                sync.revision(),
                sync.startedAt(),
                endedAt == null ? null : endedAt.truncatedTo(ChronoUnit.MICROS),
                outcome,
                sync.changed(),
                sync.drift(),
                quarantined,
                nodes,
                sync.failure()));
    }
}
