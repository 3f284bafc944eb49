package io.gatewright.server;

import io.gatewright.registry.SettingsFeed;
import io.gatewright.xds.AdsCounters;
import io.gatewright.xds.Deployments;
import io.gatewright.xds.NodeView;
import io.gatewright.xds.ResourceType;
import io.gatewright.xds.XdsCache;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Locale;
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
            SigningKeyJob keys) {
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
