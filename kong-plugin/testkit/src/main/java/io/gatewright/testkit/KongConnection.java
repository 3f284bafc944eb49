package io.gatewright.testkit;

import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;
import io.gatewright.pdk.wire.Frames;
import io.gatewright.pdk.wire.MalformedFrame;
import io.gatewright.proto.kong.ExitArgs;
import io.gatewright.proto.kong.RpcCall;
import io.gatewright.proto.kong.RpcReturn;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One connection of Kong to a plugin server: the bridge loop of Kong's {@code pb_rpc.lua}, which reads a call, runs it, answers it,
 * and never looks whether the peer is waiting. One thread at a time.
 */
final class KongConnection implements AutoCloseable {
    private static final Map<String, Method> METHODS =
            Stream.of(Method.values()).collect(Collectors.toUnmodifiableMap(Method::wireName, Function.identity()));

    private final SocketChannel channel;
    private final Frames frames;
    private final Duration readTimeout;
    private boolean usable = true;
    private volatile boolean timedOut;

    /** Since when it waits for the server, or 0. */
    private volatile long waitingSinceNanos;

    KongConnection(Path socket, Duration readTimeout) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        frames = new Frames(new LengthFirst(channel));
        this.readTimeout = readTimeout;
        ReadTimeouts.watch(this);
    }

    /** Whether the next call may use it. */
    boolean isUsable() {
        return usable;
    }

    /** Whether the server has neither ended it nor said anything since the last answer. */
    boolean isQuiet() {
        try {
            channel.configureBlocking(false);
            int read = channel.read(ByteBuffer.allocate(1));
            channel.configureBlocking(true);
            return read == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** A call that is answered at once. */
    Exchange call(RpcCall call) {
        return exchange(call, null, null);
    }

    /** An event, in which the plugin may call back. */
    Exchange event(RpcCall call, Phase phase, Encoding calls) {
        return exchange(call, phase, calls);
    }

    private Exchange exchange(RpcCall call, @Nullable Phase phase, @Nullable Encoding calls) {
        Exchange result;
        try {
            frames.write(call);
            frames.flush();
            result = hear(call.getSequence(), phase, calls);
        } catch (ClosedChannelException e) {
            result = timedOut ? new Exchange.Silent() : new Exchange.Closed();
        } catch (MalformedFrame e) {
            result = new Exchange.Garbled(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            result = new Exchange.Unreachable(String.valueOf(e.getMessage()));
        }
        usable = result instanceof Exchange.Returned;
        return result;
    }

    private Exchange hear(long sequence, @Nullable Phase phase, @Nullable Encoding calls) throws IOException {
        if (phase != null && calls != null) {
            Exchange early = bridge(phase, calls);
            if (early != null) {
                return early;
            }
        }
        if (!read()) {
            return new Exchange.Closed();
        }
        RpcReturn answer = frames.parse(RpcReturn.parser());
        return answer.getSequence() == sequence
                ? new Exchange.Returned(answer)
                : new Exchange.Garbled("sequence " + answer.getSequence() + " instead of " + sequence);
    }

    /** Runs the plugin's calls until its empty frame; not null when the event ends before. */
    private @Nullable Exchange bridge(Phase phase, Encoding calls) throws IOException {
        while (true) {
            if (!read()) {
                return new Exchange.Closed();
            }
            if (frames.length() == 0) {
                return null;
            }
            String name = frames.text();
            if (!read()) {
                return new Exchange.Closed();
            }
            Method method = METHODS.get(name);
            if (method == null) {
                return new Exchange.UnknownMethod(name);
            }
            try {
                byte[] answer = calls.run(phase, method, frames.bytes());
                if (method == Method.RESPONSE_EXIT) {
                    return new Exchange.Exited(ExitArgs.parseFrom(frames.bytes()));
                }
                frames.write(answer);
                frames.flush();
            } catch (LuaError e) {
                return new Exchange.Raised(name, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Waits for a frame as long as Kong does. */
    private boolean read() throws IOException {
        waitingSinceNanos = System.nanoTime();
        try {
            return frames.read();
        } finally {
            waitingSinceNanos = 0;
        }
    }

    /** Gives up if it has waited too long. */
    void expire(long nowNanos) {
        long since = waitingSinceNanos;
        if (since != 0 && nowNanos - since > readTimeout.toNanos()) {
            timedOut = true;
            close();
        }
    }

    @Override
    public void close() {
        usable = false;
        ReadTimeouts.forget(this);
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("A socket that cannot be closed", e);
        }
    }
}
