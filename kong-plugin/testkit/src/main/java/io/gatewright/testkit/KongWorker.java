package io.gatewright.testkit;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Phase;
import io.gatewright.proto.kong.CloseInstance;
import io.gatewright.proto.kong.HandleEvent;
import io.gatewright.proto.kong.RpcCall;
import io.gatewright.proto.kong.StartInstance;
import io.gatewright.testkit.Behaviour.FailedStart;
import io.gatewright.testkit.Behaviour.LostServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One nginx worker of Kong: its connections, its instances, and what it does when a server errs. Thread-safe. */
public final class KongWorker implements AutoCloseable {
    /** How often an event is repeated before the simulator gives up; Kong itself does not. */
    public static final int MOST_REPEATS = 200;

    private final KongVersion version;
    private final Behaviour behaviour;
    private final Pool pool;
    private final AtomicLong sequence = new AtomicLong(1);
    private final Map<UUID, Instance> instances = new ConcurrentHashMap<>();

    /**
     * @param socket where the plugin server listens
     * @param readTimeout how long Kong waits for the server; a real one 60 s
     */
    public KongWorker(Path socket, KongVersion version, Duration readTimeout) {
        this(socket, version, Behaviour.of(version), readTimeout);
    }

    KongWorker(Path socket, KongVersion version, Behaviour behaviour, Duration readTimeout) {
        this.version = version;
        this.behaviour = behaviour;
        this.pool = new Pool(socket, readTimeout);
    }

    public KongVersion version() {
        return version;
    }

    /** How many connections lie idle in the pool. */
    public int idleConnections() {
        return pool.idle();
    }

    /**
     * Sends an event, starting an instance if there is none.
     *
     * @param atRequestEnd takes what Kong closes only when the request is over
     */
    public EventResult event(ConfiguredPlugin plugin, Phase phase, Calls calls, Consumer<KongConnection> atRequestEnd) {
        Instance instance = instances.computeIfAbsent(plugin.id(), id -> new Instance());
        for (int repeat = 0; repeat < MOST_REPEATS; repeat++) {
            EventResult noInstance = instance.require(() -> start(plugin));
            if (noInstance != null) {
                return noInstance;
            }
            EventResult result = send(instance, phase, calls, atRequestEnd);
            if (result != null) {
                return result;
            }
        }
        return new EventResult.Failed("given up after " + MOST_REPEATS + " repeats, as a real Kong never does");
    }

    /** An event of a request that is over right after it. */
    public EventResult event(ConfiguredPlugin plugin, Phase phase, Calls calls) {
        return event(plugin, phase, calls, KongConnection::close);
    }

    /** What Kong does when the configuration of a plugin changes: a new instance, then the end of the old one. */
    public void reconfigure(ConfiguredPlugin plugin) {
        Instance old = instances.remove(plugin.id());
        if (old == null || !old.isStarted()) {
            return;
        }
        Instance next = instances.computeIfAbsent(plugin.id(), id -> new Instance());
        EventResult failure = next.require(() -> start(plugin));
        if (failure == null) {
            rpc(call().setCloseInstance(CloseInstance.newBuilder().setInstanceId(old.id()))
                    .build());
        }
    }

    /** One event on an instance; null when it is to be repeated. */
    private @Nullable EventResult send(
            Instance instance, Phase phase, Calls calls, Consumer<KongConnection> atRequestEnd) {
        RpcCall call = call().setHandleEvent(HandleEvent.newBuilder()
                        .setInstanceId(instance.id())
                        .setEventName(ByteString.copyFromUtf8(phase.wireName())))
                .build();
        KongConnection connection;
        try {
            connection = pool.take();
        } catch (IOException e) {
            return behaviour.lostServer() == LostServer.FAILS
                    ? new EventResult.Failed("connect: " + e.getMessage())
                    : new EventResult.PassedOver("connect: " + e.getMessage());
        }
        Exchange exchange = connection.event(call, phase, new Encoding(calls, behaviour));
        if (connection.isUsable()) {
            pool.giveBack(connection);
        } else {
            atRequestEnd.accept(connection);
        }
        return judge(instance, exchange);
    }

    private @Nullable EventResult judge(Instance instance, Exchange exchange) {
        return switch (exchange) {
            case Exchange.Returned returned -> new EventResult.Finished();
            case Exchange.Exited exited -> new EventResult.Exited(exited.answer());
            case Exchange.Raised raised -> new EventResult.Failed(raised.method() + ": " + raised.error());
            case Exchange.Garbled garbled -> new EventResult.Failed(garbled.error());
            case Exchange.Unreachable lost -> new EventResult.Failed(lost.error());
            case Exchange.UnknownMethod unknown
            when unknown.meansNoInstance() -> {
                instance.reset();
                yield null;
            }
            case Exchange.UnknownMethod unknown ->
                error("pluginserver error: method \"" + unknown.name() + "\" not found");
            case Exchange.Silent silent -> error("timeout");
            case Exchange.Closed closed -> {
                if (!behaviour.repeatsAfterEof()) {
                    yield new EventResult.PassedOver("closed");
                }
                instance.reset();
                yield null;
            }
        };
    }

    private EventResult error(String log) {
        return behaviour.errorsFail() ? new EventResult.Failed(log) : new EventResult.PassedOver(log);
    }

    private Instance.Started start(ConfiguredPlugin plugin) {
        if (!Behaviour.usesForeignServers(version)) {
            return notStarted("the plugin server is not ready");
        }
        Exchange exchange = rpc(call().setStartInstance(StartInstance.newBuilder()
                        .setName(ByteString.copyFromUtf8(plugin.name()))
                        .setConfig(ByteString.copyFromUtf8(Bookkeeping.add(plugin, version, sequence.get()))))
                .build());
        if (exchange instanceof Exchange.Returned returned) {
            return returned.answer().hasInstanceStatus()
                    ? new Instance.Started.Known(
                            returned.answer().getInstanceStatus().getInstanceId())
                    : new Instance.Started.Not(new EventResult.Failed("no instance_status"), true);
        }
        return notStarted(exchange.toString());
    }

    private Instance.Started notStarted(String log) {
        FailedStart how = behaviour.failedStart();
        EventResult result = how == FailedStart.WEDGES || how == FailedStart.FAILS
                ? new EventResult.Failed(log)
                : new EventResult.PassedOver(log);
        boolean forEver = how == FailedStart.WEDGES || how == FailedStart.NOT_READY_WEDGES;
        return new Instance.Started.Not(result, forEver);
    }

    private RpcCall.Builder call() {
        return RpcCall.newBuilder().setSequence(sequence.incrementAndGet());
    }

    private Exchange rpc(RpcCall call) {
        try {
            KongConnection connection = pool.take();
            Exchange exchange = connection.call(call);
            if (connection.isUsable()) {
                pool.giveBack(connection);
            } else {
                connection.close();
            }
            return exchange;
        } catch (IOException e) {
            return new Exchange.Unreachable("connect: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
