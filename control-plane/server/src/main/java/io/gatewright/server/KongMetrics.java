package io.gatewright.server;

import io.gatewright.kong.node.KongFleet;
import io.gatewright.kong.node.NodeView;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.function.Predicate;

/** Registers the metrics of Kongs. No label grows with tenants. */
@ApplicationScoped
public class KongMetrics {

    void register(@Observes StartupEvent event, MeterRegistry meters, KongFleet fleet, KongPublisher publisher) {
        gauge(meters, fleet, "gatewright.kong.connected", NodeView::connected, "Kongs that answered last");
        gauge(
                meters,
                fleet,
                "gatewright.kong.unproven",
                view -> !view.answered() || view.provenAt() == null,
                "Kongs that do not run what they should");
        Gauge.builder(
                        "gatewright.kong.refused",
                        fleet,
                        f -> f.views().stream()
                                .mapToInt(view -> view.refusals().size())
                                .sum())
                .description("Entities that some Kong refuses")
                .register(meters);
        Gauge.builder(
                        "gatewright.kong.untranslatable",
                        publisher,
                        p -> p.offer().failures().size())
                .description("Tenants whose entities cannot be made")
                .register(meters);
        FunctionCounter.builder(
                        "gatewright.kong.posts",
                        fleet,
                        f -> f.views().stream().mapToLong(NodeView::posts).sum())
                .description("Configurations that were sent to Kongs")
                .register(meters);
        FunctionCounter.builder(
                        "gatewright.kong.drift",
                        fleet,
                        f -> f.views().stream().mapToLong(NodeView::drifts).sum())
                .description("How often a Kong ran what nobody here gave it")
                .register(meters);
    }

    private static void gauge(
            MeterRegistry meters, KongFleet fleet, String name, Predicate<NodeView> which, String description) {
        Gauge.builder(name, fleet, f -> f.views().stream().filter(which).count())
                .description(description)
                .register(meters);
    }
}
