package io.gatewright.pdk.server;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.wire.Flight;
import io.gatewright.pdk.wire.Frames;
import io.gatewright.proto.kong.HandleEvent;
import io.gatewright.proto.kong.InstanceStatus;
import io.gatewright.proto.kong.RpcCall;
import io.gatewright.proto.kong.RpcReturn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection of Kong's, for as long as Kong likes: an idle one is never closed here, because Kong may be about to use it. Runs on
 * a thread of its own. Commands follow each other; plugins, instances and phases are mixed, and sequences are in no order.
 */
final class Connection {
    /** Longer than Kong waits for anything. */
    private static final long LONGEST_END_NANOS = 90_000_000_000L;

    private static final int NOWHERE_BYTES = 4096;

    private final ByteChannel channel;
    private final Frames frames;
    private final Flight flight;
    private final Plugins plugins;
    private final Instances instances;
    private final Journal journal;
    private final Consumer<Connection> onClose;
    private volatile @Nullable Event event;
    private volatile boolean ending;
    private long endingSinceNanos;

    /** What comes after a command. */
    private enum Next {
        COMMAND,
        CLOSE,
        /** Another thread serves the connection. */
        NOTHING
    }

    Connection(
            ByteChannel channel, Plugins plugins, Instances instances, Journal journal, Consumer<Connection> onClose) {
        this.channel = channel;
        this.frames = new Frames(channel);
        this.flight = new Flight(frames);
        this.plugins = plugins;
        this.instances = instances;
        this.journal = journal;
        this.onClose = onClose;
    }

    /** Serves until Kong closes the connection, or it has to be given up. */
    void serve() {
        try {
            serveCommands();
        } catch (Throwable e) {
            giveUp(e);
        }
    }

    /** If the handler that runs has used more than its time, answers in its place and serves on in a thread of its own. */
    void checkTime(long limitNanos) {
        if (ending && System.nanoTime() - endingSinceNanos > LONGEST_END_NANOS) {
            close();
            return;
        }
        Event late = event;
        if (late != null && late.isOverdue(limitNanos)) {
            Thread.ofVirtual().start(() -> serveOn(late));
        }
    }

    void close() {
        onClose.accept(this);
        try {
            channel.close();
        } catch (IOException e) {
            journal.say("connection not closed: " + e);
        }
    }

    private void giveUp(Throwable e) {
        if (channel.isOpen()) {
            journal.say("connection given up: " + e);
        }
        close();
    }

    private void serveCommands() throws IOException {
        while (frames.read()) {
            switch (serve(frames.parse(RpcCall.parser()))) {
                case COMMAND -> {}
                case CLOSE -> {
                    close();
                    return;
                }
                case NOTHING -> {
                    return;
                }
            }
        }
        close();
    }

    private void serveOn(Event late) {
        try {
            event = null;
            if (late.answerOverdue()) {
                serveCommands();
            } else {
                close();
            }
        } catch (Throwable e) {
            giveUp(e);
        }
    }

    private Next serve(RpcCall call) throws IOException {
        RpcReturn.Builder result = RpcReturn.newBuilder().setSequence(call.getSequence());
        switch (call.getCallCase()) {
            case HANDLE_EVENT -> {
                return handle(call.getHandleEvent(), result.build());
            }
            case START_INSTANCE -> {
                String name = text(call.getStartInstance().getName());
                PluginEntry<?> plugin = plugins.get(name);
                if (plugin == null) {
                    journal.say("start of an instance refused: no plugin " + name + " here");
                    return Next.CLOSE;
                }
                Instance<?> instance = instances.start(
                        plugin, call.getStartInstance().getConfig().toByteArray());
                if (!instance.problem().isEmpty()) {
                    journal.say("plugin=%s instance=%d has no usable config and will answer %s: %s"
                            .formatted(name, instance.id(), plugin.failurePolicy(), instance.problem()));
                }
                result.setInstanceStatus(status(instance));
            }
            case CLOSE_INSTANCE -> instances.close(call.getCloseInstance().getInstanceId());
            case GET_INSTANCE_STATUS -> {
                int id = call.getGetInstanceStatus().getInstanceId();
                Instance<?> instance = instances.get(id);
                result.setInstanceStatus(
                        instance == null
                                ? InstanceStatus.newBuilder().setInstanceId(id).build()
                                : status(instance));
            }
            case GET_PLUGIN_NAMES -> result.setPluginNames(plugins.names());
            case GET_PLUGIN_INFO -> {
                PluginEntry<?> plugin = plugins.get(text(call.getGetPluginInfo().getName()));
                if (plugin == null) {
                    return Next.CLOSE;
                }
                result.setPluginInfo(plugins.info(plugin));
            }
            case CALL_NOT_SET -> {
                journal.say("connection given up: a call without command");
                return Next.CLOSE;
            }
        }
        frames.write(result.build());
        frames.flush();
        return Next.COMMAND;
    }

    private Next handle(HandleEvent command, RpcReturn result) throws IOException {
        Instance<?> instance = instances.acquire(command.getInstanceId());
        if (instance == null) {
            // Kong starts an instance again when the name of a method that it does not know begins so.
            frames.write(("No plugin instance " + command.getInstanceId()).getBytes(StandardCharsets.US_ASCII));
            frames.writeEmpty();
            frames.flush();
            return awaitEnd();
        }
        try {
            Optional<Phase> phase = Phase.named(text(command.getEventName()));
            if (phase.isEmpty() || !instance.plugin().phases().contains(phase.get())) {
                flight.close(result);
                return Next.COMMAND;
            }
            Event here = new Event(instance, phase.get(), flight, result, journal);
            event = here;
            Event.End end = here.run();
            if (end != Event.End.TAKEN_OVER) {
                event = null;
            }
            return switch (end) {
                case ANSWERED -> Next.COMMAND;
                case EXITED, LOST -> Next.CLOSE;
                case BROKEN -> awaitEnd();
                case TAKEN_OVER -> Next.NOTHING;
            };
        } finally {
            instances.release(instance);
        }
    }

    /**
     * Nothing can come any more but the end, when Kong's request ends. To close first would be an end of the stream in the middle of an
     * event, for which Kong sends the event again, without limit.
     */
    private Next awaitEnd() throws IOException {
        endingSinceNanos = System.nanoTime();
        ending = true;
        ByteBuffer nowhere = ByteBuffer.allocate(NOWHERE_BYTES);
        while (channel.read(nowhere.clear()) >= 0) {}
        return Next.CLOSE;
    }

    private static InstanceStatus status(Instance<?> instance) {
        return InstanceStatus.newBuilder()
                .setName(ByteString.copyFromUtf8(instance.plugin().name()))
                .setInstanceId(instance.id())
                .setStartedAt(instance.startedAt().getEpochSecond())
                .build();
    }

    private static String text(ByteString bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
