package io.gatewright.pdk.server;

import io.gatewright.pdk.Kong;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.Placement;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A plugin with a config, under the id by which Kong knows it. Thread-safe. Lives until Kong has closed it and its last event is
 * over.
 */
final class Instance<C extends Record> {
    private final int id;
    private final PluginEntry<C> plugin;
    private final @Nullable SharedConfig<C> config;
    private final String problem;
    private final Placement placement;
    private final Instant startedAt;
    private final AtomicInteger holders = new AtomicInteger(1);
    private volatile long usedNanos;

    /** An instance that answers as the plugin's failure policy says if there is a problem instead of a config. */
    Instance(
            int id,
            PluginEntry<C> plugin,
            @Nullable SharedConfig<C> config,
            String problem,
            Placement placement,
            Instant startedAt,
            long nowNanos) {
        this.id = id;
        this.plugin = plugin;
        this.config = config;
        this.problem = problem;
        this.placement = placement;
        this.startedAt = startedAt;
        this.usedNanos = nowNanos;
    }

    int id() {
        return id;
    }

    PluginEntry<C> plugin() {
        return plugin;
    }

    @Nullable
    SharedConfig<C> config() {
        return config;
    }

    /** Why there is no config; empty if there is. */
    String problem() {
        return problem;
    }

    Placement placement() {
        return placement;
    }

    Instant startedAt() {
        return startedAt;
    }

    Outcome run(Phase phase, Kong kong) {
        if (config == null) {
            throw new IllegalStateException("the plugin has no usable config: " + problem);
        }
        C values = config.config();
        return switch (phase) {
            case CERTIFICATE -> {
                plugin.plugin().certificate(kong, values);
                yield Outcome.proceed();
            }
            case REWRITE -> plugin.plugin().rewrite(kong, values);
            case ACCESS -> plugin.plugin().access(kong, values);
            case RESPONSE -> plugin.plugin().response(kong, values);
            case PREREAD -> plugin.plugin().preread(kong, values);
            case LOG -> {
                plugin.plugin().log(kong, values);
                yield Outcome.proceed();
            }
        };
    }

    /** One holder more; false if the last has gone. */
    boolean hold(long nowNanos) {
        usedNanos = nowNanos;
        int before = holders.get();
        while (before > 0 && !holders.compareAndSet(before, before + 1)) {
            before = holders.get();
        }
        return before > 0;
    }

    /** One holder less; whether that was the last. */
    boolean letGo() {
        return holders.decrementAndGet() == 0;
    }

    boolean isIdle(long nowNanos, long limitNanos) {
        return holders.get() == 1 && nowNanos - usedNanos > limitNanos;
    }
}
