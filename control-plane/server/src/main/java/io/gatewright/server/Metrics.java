package io.gatewright.server;

import io.gatewright.registry.SettingsFeed;
import io.gatewright.server.keys.SigningKeyJob;
import io.gatewright.xds.AdsCounters;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.Drift;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.ResourceType;
import io.gatewright.xds.XdsCache;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

/** Registers the process's own metrics. No label grows with tenants. */
@ApplicationScoped
public class Metrics {

    void register(
            @Observes StartupEvent event,
            MeterRegistry meters,
            SettingsFeed feed,
            XdsCache cache,
            Deployments deployments,
            Publisher publisher,
            SigningKeyJob keys,
            Syncs syncs,
            SyncJournal journal) {
        Gauge.builder("gatewright.settings.revision", feed, f -> f.status().revision())
                .description("The newest revision that this process knows")
                .register(meters);
        Gauge.builder("gatewright.database.connected", feed, f -> f.status().connected() ? 1 : 0)
                .description("1 while changes arrive from the database")
                .register(meters);
        Gauge.builder(
                        "gatewright.gateways.connected",
                        deployments,
                        d -> d.nodes().stream().filter(NodeView::connected).count())
                .description("Gateways that are connected")
                .register(meters);
        Gauge.builder(
                        "gatewright.gateways.rejected",
                        deployments,
                        d -> d.nodes().stream()
                                .mapToInt(node -> node.rejections().size())
                                .sum())
                .description("Resources that some gateway refuses")
                .register(meters);
        Gauge.builder(
                        "gatewright.tenants.untranslatable",
                        publisher,
                        p -> p.failures().size())
                .description("Tenants whose resources cannot be made")
                .register(meters);
        Gauge.builder("gatewright.tenants.quarantined", publisher, p -> quarantined(p, deployments))
                .description("Tenants that some gateway holds at their last good state")
                .register(meters);
        registerSyncs(meters, syncs, journal);
        Gauge.builder("gatewright.issuers.unreachable", keys, k -> k.failures().size())
                .description("Issuers whose keys could not be fetched")
                .register(meters);
        for (ResourceType type : ResourceType.values()) {
            Gauge.builder("gatewright.xds.resources", cache, c -> c.size(type))
                    .tag("type", label(type))
                    .description("Resources that gateways are served")
                    .register(meters);
            count(meters, deployments, "gatewright.xds.responses", type, c -> c.responses(type));
            count(meters, deployments, "gatewright.xds.resources.sent", type, c -> c.resources(type));
            count(meters, deployments, "gatewright.xds.bytes.sent", type, c -> c.bytes(type));
            count(meters, deployments, "gatewright.xds.acknowledged", type, c -> c.acks(type));
            count(meters, deployments, "gatewright.xds.rejected", type, c -> c.nacks(type));
        }
    }

    private static long quarantined(Publisher publisher, Deployments deployments) {
        return Quarantined.all(publisher, deployments).stream()
                .map(Quarantined::tenant)
                .distinct()
                .count();
    }

    private static void registerSyncs(MeterRegistry meters, Syncs syncs, SyncJournal journal) {
        for (Drift.Kind kind : Drift.Kind.values()) {
            FunctionCounter.builder("gatewright.drift", syncs, s -> s.drifts(kind))
                    .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                    .description("What gateways, or what they are served, had other than they should")
                    .register(meters);
        }
        Gauge.builder("gatewright.sync.rows.waiting", journal, SyncJournal::waiting)
                .description("Syncs that are over and wait for the database")
                .register(meters);
        FunctionCounter.builder("gatewright.sync.rows.lost", journal, SyncJournal::lost)
                .description("Syncs of which there will be no row")
                .register(meters);
        AtomicLong lastProven = new AtomicLong();
        Gauge.builder("gatewright.sync.last.proven.timestamp", lastProven, AtomicLong::doubleValue)
                .baseUnit("seconds")
                .description("When the last full reconcile was proved at every gateway")
                .register(meters);
        journal.onFinished(sync -> {
            meters.counter("gatewright.syncs", "trigger", sync.trigger(), "outcome", sync.outcome())
                    .increment();
            Duration proof = SyncReport.proof(sync);
            if (proof != null) {
                meters.timer("gatewright.sync.proof", "trigger", sync.trigger()).record(proof);
            }
            boolean full = !sync.trigger().equals(Sync.Trigger.REVISION.wireName());
            if (full && sync.outcome().equals(Sync.Outcome.PROVEN.wireName())) {
                lastProven.set(sync.endedAt().getEpochSecond());
            }
        });
    }

    private static void count(
            MeterRegistry meters,
            Deployments deployments,
            String name,
            ResourceType type,
            ToLongFunction<AdsCounters> value) {
        FunctionCounter.builder(name, deployments.counters(), value::applyAsLong)
                .tag("type", label(type))
                .register(meters);
    }

    private static String label(ResourceType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
