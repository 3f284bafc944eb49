package io.gatewright.server;

import io.gatewright.events.Consumers;
import io.gatewright.events.EventLog;
import io.gatewright.events.EventMetrics;
import io.gatewright.events.EventRefused;
import io.gatewright.events.EventsException;
import io.gatewright.events.Observations;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event log's metrics. What the database has to be asked for is as of the last {@link #refresh}. Thread-safe. Labels grow
 * with consumers, not with tenants.
 */
@ApplicationScoped
public class EventMeters {
    private static final Logger LOG = LoggerFactory.getLogger(EventMeters.class);

    private final MeterRegistry meters;
    private final Consumers consumers;
    private final MultiGauge lag;
    private final MultiGauge lagSeconds;
    private final MultiGauge dead;
    private volatile EventMetrics latest = new EventMetrics(0, 0, 0, List.of(), List.of());

    public EventMeters(MeterRegistry meters, Consumers consumers) {
        this.meters = meters;
        this.consumers = consumers;
        this.lag = MultiGauge.builder("consumer.lag")
                .description("Events with an offset that the consumer has not passed")
                .register(meters);
        this.lagSeconds = MultiGauge.builder("consumer.lag.age")
                .baseUnit("seconds")
                .description("Since when the first of them has its offset")
                .register(meters);
        this.dead = MultiGauge.builder("dlq.size")
                .description("Events that wait in parked keys")
                .register(meters);
    }

    void register(@Observes StartupEvent event, EventWork work, EventLog log, Observations observations) {
        Gauge.builder("outbox.backlog", () -> latest.backlog())
                .description("Committed events without an offset")
                .register(meters);
        Gauge.builder("outbox.backlog.age", () -> latest.backlogAgeSeconds())
                .baseUnit("seconds")
                .description("For how long the oldest of them waits")
                .register(meters);
        Gauge.builder("notify.queue.usage", () -> latest.notifyQueueUsage())
                .description("How full the notification queue of Postgres is; at 1 every NOTIFY fails")
                .register(meters);
        Gauge.builder("sequencer.leading", work, w -> w.sequencer().leading() ? 1 : 0)
                .description("1 in the process that gives the offsets")
                .register(meters);
        FunctionCounter.builder("publisher.errors", work, w -> w.sequencer().errors())
                .description("How often the sequencer was interrupted")
                .register(meters);
        FunctionTimer.builder(
                        "tick",
                        work,
                        w -> w.sequencer().ticks(),
                        w -> w.sequencer().tickNanos(),
                        TimeUnit.NANOSECONDS)
                .description("Giving offsets to what was committed since the last time")
                .register(meters);
        for (EventRefused.Kind kind : EventRefused.Kind.values()) {
            FunctionCounter.builder("schema.rejected", log, l -> l.refused(kind))
                    .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                    .description("Events that were not appended")
                    .register(meters);
        }
        Gauge.builder("gatewright.observations.waiting", observations, Observations::waiting)
                .description("Events of gateways that wait to be appended")
                .register(meters);
        FunctionCounter.builder("gatewright.observations.lost", observations, Observations::lost)
                .description("Events of gateways that will never be")
                .register(meters);
    }

    /** Asks the database. */
    void refresh() {
        try {
            EventMetrics now = consumers.metrics();
            latest = now;
            List<MultiGauge.Row<?>> lags = new ArrayList<>();
            List<MultiGauge.Row<?>> ages = new ArrayList<>();
            List<MultiGauge.Row<?>> sizes = new ArrayList<>();
            for (EventMetrics.Dead each : now.dead()) { // one for each consumer
                Tags tags = Tags.of("consumer", each.consumer());
                lags.add(MultiGauge.Row.of(tags, now.lag(each.consumer())));
                ages.add(MultiGauge.Row.of(tags, now.lagSeconds(each.consumer())));
                sizes.add(MultiGauge.Row.of(tags, each.events()));
            }
            lag.register(lags, true);
            lagSeconds.register(ages, true);
            dead.register(sizes, true);
        } catch (EventsException e) {
            LOG.debug("the event log's metrics stay as they were", e);
        }
    }
}
