package io.gatewright.pdk.server;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.wire.Frames;
import io.gatewright.proto.kong.HandleEvent;
import io.gatewright.proto.kong.RpcCall;
import io.gatewright.proto.kong.RpcReturn;
import io.gatewright.proto.kong.StartInstance;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Collection;

/**
 * A run through a server as Kong would use it, by a Kong that answers every call with nothing. It is for a JVM that remembers
 * what it loaded and ran (JEP 514, JEP 515): what was rehearsed need not be looked for, nor learned, at the next start. One
 * thread at a time.
 */
final class Rehearsal {
    /** Enough for the JVM to see which code is hot. */
    private static final int ROUNDS = 200;

    private final Path socket;
    private final String config;
    private long sequence;

    /**
     * @param config a JSON object, which every plugin gets
     */
    Rehearsal(Path socket, String config) {
        this.socket = socket;
        this.config = config;
    }

    /** Starts an instance of each of these plugins and sends it events of all its phases. */
    void of(Collection<PluginEntry<?>> plugins) throws IOException {
        for (PluginEntry<?> plugin : plugins) {
            int instance = start(plugin);
            for (int round = 0; round < ROUNDS; round++) {
                try (SocketChannel channel = connect()) {
                    Frames frames = new Frames(channel);
                    boolean open = true;
                    for (Phase phase : plugin.phases()) {
                        open = open && event(frames, instance, phase);
                    }
                }
            }
        }
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    private int start(PluginEntry<?> plugin) throws IOException {
        try (SocketChannel channel = connect()) {
            Frames frames = new Frames(channel);
            call(
                    frames,
                    RpcCall.newBuilder()
                            .setStartInstance(StartInstance.newBuilder()
                                    .setName(ByteString.copyFromUtf8(plugin.name()))
                                    .setConfig(ByteString.copyFromUtf8(config))));
            frames.read();
            return frames.parse(RpcReturn.parser()).getInstanceStatus().getInstanceId();
        }
    }

    /** One event; false if the plugin ended the request. */
    private boolean event(Frames frames, int instance, Phase phase) throws IOException {
        call(
                frames,
                RpcCall.newBuilder()
                        .setHandleEvent(HandleEvent.newBuilder()
                                .setInstanceId(instance)
                                .setEventName(ByteString.copyFromUtf8(phase.wireName()))));
        while (frames.read()) {
            if (frames.length() == 0) {
                frames.read();
                frames.parse(RpcReturn.parser());
                return true;
            }
            String method = frames.text();
            frames.read();
            if (method.equals("kong.response.exit")) {
                return false;
            }
            frames.writeEmpty();
            frames.flush();
        }
        return false;
    }

    private void call(Frames frames, RpcCall.Builder call) throws IOException {
        sequence++;
        frames.write(call.setSequence(sequence).build());
        frames.flush();
    }
}
