package io.gatewright.pdk.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.pdk.Placement;
import io.gatewright.pdk.config.ConfigProblem;
import io.gatewright.pdk.config.ConfigRecord;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The instances that Kong has started, by id. Thread-safe.
 *
 * <p>Ids are random: Kong's workers keep ids over a restart of this process, and a counter would give one of them to another config.
 * Kong closes few of the instances that it has no use for any more, so those that are idle go on their own; should Kong ask
 * for one all the same, it is told so and starts it again.
 */
final class Instances {
    private record Key(String plugin, Record config) {}

    private final Map<Integer, Instance<?>> byId = new ConcurrentHashMap<>();
    private final Map<Key, SharedConfig<?>> configs = new HashMap<>();
    private final IntSupplier ids;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Journal journal;

    Instances(IntSupplier ids, InstantSource clock, LongSupplier nanos, Journal journal) {
        this.ids = ids;
        this.clock = clock;
        this.nanos = nanos;
        this.journal = journal;
    }

    /** Starts one. A config that cannot be used makes one that says so in {@link Instance#problem}: Kong has no ear for it here. */
    <C extends Record> Instance<C> start(PluginEntry<C> plugin, byte[] json) {
        Placement placement = Placement.UNKNOWN;
        SharedConfig<C> config = null;
        try {
            JsonNode parsed = ConfigRecord.parse(json);
            placement = placement(parsed);
            config = share(plugin, plugin.config().read(parsed));
            config.open();
            return register(plugin, config, "", placement);
        } catch (ConfigProblem | RuntimeException e) {
            if (config != null) {
                leave(config);
            }
            return register(plugin, null, String.valueOf(e.getMessage()), placement);
        }
    }

    @Nullable
    Instance<?> get(int id) {
        return byId.get(id);
    }

    /** The instance, held until {@link #release}; null if there is none of this id. */
    @Nullable
    Instance<?> acquire(int id) {
        Instance<?> instance = byId.get(id);
        return instance != null && instance.hold(nanos.getAsLong()) ? instance : null;
    }

    void release(Instance<?> instance) {
        if (instance.letGo() && instance.config() != null) {
            leave(instance.config());
        }
    }

    /** Forgets one, if there is one of this id; it ends when its events have. */
    void close(int id) {
        Instance<?> instance = byId.remove(id);
        if (instance != null) {
            release(instance);
        }
    }

    /** Closes what has had no event for so long. */
    void closeIdle(long limitNanos) {
        long now = nanos.getAsLong();
        byId.values().forEach(instance -> {
            if (instance.isIdle(now, limitNanos)) {
                close(instance.id());
            }
        });
    }

    int size() {
        return byId.size();
    }

    private <C extends Record> Instance<C> register(
            PluginEntry<C> plugin, @Nullable SharedConfig<C> config, String problem, Placement placement) {
        while (true) {
            Instance<C> instance = new Instance<>(
                    ids.getAsInt(), plugin, config, problem, placement, clock.instant(), nanos.getAsLong());
            if (byId.putIfAbsent(instance.id(), instance) == null) {
                return instance;
            }
        }
    }

    @SuppressWarnings("unchecked") // A config of a plugin's class is shared under that plugin's name.
    private <C extends Record> SharedConfig<C> share(PluginEntry<C> plugin, C config) {
        synchronized (configs) {
            SharedConfig<?> shared =
                    configs.computeIfAbsent(new Key(plugin.name(), config), key -> new SharedConfig<>(plugin, config));
            return ((SharedConfig<C>) shared).join();
        }
    }

    private void leave(SharedConfig<?> config) {
        synchronized (configs) {
            if (!config.leave()) {
                return;
            }
            configs.remove(new Key(config.plugin().name(), config.config()));
        }
        try {
            config.close();
        } catch (RuntimeException e) {
            journal.say(
                    "plugin=%s failed to close a config"
                            .formatted(config.plugin().name()),
                    e);
        }
    }

    private static Placement placement(JsonNode json) {
        return new Placement(
                text(json, "__plugin_id"),
                text(json, "plugin_instance_name"),
                text(json, "route_id"),
                text(json, "service_id"),
                text(json, "consumer_id"));
    }

    private static Optional<String> text(JsonNode json, String key) {
        return Optional.ofNullable(json.path(key).textValue());
    }
}
