package io.gatewright.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.kong.Bundle;
import io.gatewright.kong.BundleDifference;
import io.gatewright.kong.node.Drift;
import io.gatewright.kong.node.KongFleet;
import io.gatewright.kong.node.KongNode;
import io.gatewright.kong.node.NodeView;
import io.gatewright.registry.SyncRow;
import io.gatewright.server.Sync.Outcome;
import io.gatewright.server.Sync.Trigger;
import io.gatewright.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Syncs of Kongs: of changes, of what was found to be otherwise, and full ones. Each that is over is a row in the registry,
 * beside those of Envoys. Thread-safe.
 */
public final class KongSyncs implements KongNode.Listener {
    private static final int NAMED = 50;

    private final KongPublisher publisher;
    private final KongFleet fleet;
    private final Supplier<Settings> settings;
    private final SyncJournal journal;
    private final String replica;
    private final Clock clock;
    private final Executor executor;

    private record Begun(
            long id,
            Trigger trigger,
            boolean dryRun,
            KongPublisher.Offer offer,
            int changed,
            List<Drift> drift,
            Instant at) {}

    /**
     * Runs none yet.
     *
     * @param settings the newest
     * @param executor runs what goes on in the background; a virtual thread each is good
     */
    public KongSyncs(
            KongPublisher publisher,
            KongFleet fleet,
            Supplier<Settings> settings,
            SyncJournal journal,
            String replica,
            Clock clock,
            Executor executor) {
        this.publisher = publisher;
        this.fleet = fleet;
        this.settings = settings;
        this.journal = journal;
        this.replica = replica;
        this.clock = clock;
        this.executor = executor;
    }

    /** Follows changes and drift from now on. */
    public void start() {
        fleet.listen(this);
        publisher.onOffer((last, next) -> {
            Instant at = now();
            executor.execute(() -> {
                int changed =
                        BundleDifference.between(last.bundle(), next.bundle()).size();
                follow(new Begun(0, Trigger.REVISION, false, next, changed, List.of(), at));
            });
        });
    }

    /** Whether there is a Kong at all. */
    public boolean any() {
        return !fleet.isEmpty();
    }

    /**
     * Has every Kong asked what it runs, and what it refuses offered to it once more. A dry run says by entity what each would
     * be sent.
     *
     * @param wait how long to wait for the answers; zero: not at all, then they are followed for 30 s in the background
     * @return how it stands
     */
    public SyncRow run(Trigger trigger, boolean dryRun, Duration wait) throws InterruptedException {
        Instant at = now();
        long id = trigger == Trigger.MANUAL ? journal.nextId() : 0;
        if (dryRun) {
            return plan(id, trigger, at);
        }
        publisher.awaitOffered(settings.get().revision(), wait);
        Begun sync = new Begun(id, trigger, false, publisher.offer(), 0, List.of(), at);
        fleet.check();
        if (wait.isZero()) {
            executor.execute(() -> follow(sync));
            return row(sync, null, false);
        }
        boolean settled = fleet.awaitSettled(sync.offer().bundle().digest(), wait);
        return journal.write(row(sync, now(), settled));
    }

    @Override
    public void changed(NodeView view) {}

    @Override
    public void drifted(Drift drift) {
        Begun sync = new Begun(0, Trigger.DRIFT, false, publisher.offer(), 0, List.of(drift), now());
        executor.execute(() -> follow(sync));
    }

    /** Writes the row when all have answered; none of what was overtaken by a later one. */
    private void follow(Begun sync) {
        try {
            String digest = sync.offer().bundle().digest();
            boolean settled = fleet.awaitSettled(digest, Pushes.FOLLOWED);
            if (settled || publisher.offer().bundle().digest().equals(digest)) {
                journal.write(row(sync, now(), settled));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the process ends
        }
    }

    private SyncRow plan(long id, Trigger trigger, Instant at) {
        Settings newest = settings.get();
        Bundle wanted = publisher.translate(newest).bundle();
        List<NodeView> views = fleet.views();
        List<Bundle> proven = fleet.proven();
        ObjectNode report = report(List.of(), views);
        ArrayNode nodes = report.putArray("nodes");
        int changed = 0;
        for (int i = 0; i < views.size(); i++) {
            BundleDifference difference = BundleDifference.between(proven.get(i), wanted);
            changed = Math.max(changed, difference.size());
            ObjectNode node = KongReport.node(views.get(i)).put("sent", difference.size());
            nodes.add(node.setAll(KongReport.difference(difference)));
        }
        KongPublisher.Offer offer = new KongPublisher.Offer(
                newest.revision(), wanted, publisher.offer().failures());
        Begun sync = new Begun(id, trigger, true, offer, changed, List.of(), at);
        return journal.write(row(sync, now(), Outcome.PLANNED, report));
    }

    private SyncRow row(Begun sync, @Nullable Instant endedAt, boolean settled) {
        List<NodeView> views = fleet.views();
        ObjectNode report = report(sync.drift(), views);
        ArrayNode nodes = report.putArray("nodes");
        views.forEach(view -> nodes.add(KongReport.node(view)));
        if (settled && views.stream().allMatch(view -> view.provenAt() != null)) {
            views.stream()
                    .map(NodeView::provenAt)
                    .filter(Objects::nonNull)
                    .max(Instant::compareTo)
                    .ifPresent(last -> report.put("provenAt", last.toString()));
        }
        return row(sync, endedAt, endedAt == null ? Outcome.RUNNING : outcome(settled, views), report);
    }

    private Outcome outcome(boolean settled, List<NodeView> views) {
        if (views.stream().noneMatch(NodeView::connected)) {
            return Outcome.NO_GATEWAYS;
        }
        if (!settled) {
            return Outcome.TIMED_OUT;
        }
        boolean held =
                !KongReport.quarantined(publisher.offer().failures(), views).isEmpty();
        return held ? Outcome.REJECTED : Outcome.PROVEN;
    }

    private SyncRow row(Begun sync, @Nullable Instant endedAt, Outcome outcome, ObjectNode report) {
        return new SyncRow(
                sync.id(),
                replica,
                sync.trigger().wireName(),
                sync.dryRun(),
                Math.max(0, sync.offer().revision()),
                sync.at(),
                endedAt == null ? sync.at() : endedAt,
                outcome.wireName(),
                sync.changed(),
                sync.drift().size(),
                report,
                null);
    }

    private ObjectNode report(List<Drift> drift, List<NodeView> views) {
        ObjectNode report = JsonNodeFactory.instance.objectNode().put("gateway", KongReport.GATEWAY);
        report.putArray("resources");
        ArrayNode drifted = report.putArray("drifted");
        drift.stream()
                .limit(NAMED)
                .forEach(each -> drifted.addObject()
                        .put("kind", each.restarted() ? "restarted" : "replaced")
                        .put("node", each.node())
                        .put("found", each.found()));
        List<Quarantined> held =
                new ArrayList<>(KongReport.quarantined(publisher.offer().failures(), views));
        report.set("quarantined", SyncReport.quarantined(held));
        return report;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
