package io.gatewright.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/**
 * One nginx worker of Kong towards a server of the older protocol {@code MsgPack:1}, which Kong's PDKs for JavaScript and Python
 * speak: each call of a plugin is the answer to one RPC and its result the next RPC (Kong's {@code mp_rpc.lua}). For
 * comparisons: answers are canned. Thread-safe.
 */
public final class MsgPackWorker implements AutoCloseable {
    private static final int REQUEST = 0;
    private static final String RETURN = "ret";
    private static final Value METHOD = ValueFactory.newString("Method");
    private static final Value DATA = ValueFactory.newString("Data");
    private static final Value EVENT_ID = ValueFactory.newString("EventId");
    private static final Value ID = ValueFactory.newString("Id");

    private final Path socket;
    private final Map<String, Value> answers;
    private final AtomicLong ids = new AtomicLong();
    private final Deque<Line> idle = new ConcurrentLinkedDeque<>();
    private volatile @Nullable Value instance;

    /** @param answers by the name of Kong's function, such as {@code kong.request.get_method}; the others answer nil */
    public MsgPackWorker(Path socket, Map<String, Value> answers) {
        this.socket = socket;
        this.answers = Map.copyOf(answers);
    }

    /**
     * Sends an event, starting an instance if there is none, and answers what the plugin calls.
     *
     * @throws IOException when the server is not there, or answers with an error
     */
    public void event(String plugin, String config, String phase) throws IOException {
        Value started = instance;
        if (started == null) {
            started = member(call("plugin.StartInstance", map("Name", text(plugin), "Config", text(config))), ID);
            instance = started;
        }
        Value step = call("plugin.HandleEvent", map("InstanceId", started, "EventName", text(phase)));
        Value data = member(step, DATA);
        while (data.isMapValue()) {
            String method = member(data, METHOD).toString();
            Value answer = answers.getOrDefault(method, ValueFactory.newNil());
            step = call("plugin.Step", map("EventId", member(step, EVENT_ID), "Data", answer));
            data = member(step, DATA);
        }
        if (!data.toString().equals(RETURN)) {
            throw new IOException("The event ended with " + data + " instead of " + RETURN);
        }
    }

    /** Of a map; nil when it is not there. */
    private static Value member(Value map, Value name) {
        return map.asMapValue().map().getOrDefault(name, ValueFactory.newNil());
    }

    private Value call(String method, Value argument) throws IOException {
        Line line = idle.poll();
        if (line == null) {
            line = new Line(socket);
        }
        Value answer = line.call(ids.incrementAndGet(), method, argument);
        idle.push(line);
        return answer;
    }

    private static Value text(String text) {
        return ValueFactory.newString(text);
    }

    private static Value map(String name, Value value, String other, Value otherValue) {
        return ValueFactory.newMap(text(name), value, text(other), otherValue);
    }

    @Override
    public void close() {
        for (Line line = idle.poll(); line != null; line = idle.poll()) {
            line.close();
        }
    }

    /** One connection of the pool. One thread at a time. */
    private static final class Line implements AutoCloseable {
        private final SocketChannel channel;
        private final MessageUnpacker in;

        Line(Path socket) throws IOException {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            in = MessagePack.newDefaultUnpacker(new BufferedInputStream(Channels.newInputStream(channel)));
        }

        Value call(long id, String method, Value argument) throws IOException {
            try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
                out.packArrayHeader(4)
                        .packInt(REQUEST)
                        .packLong(id)
                        .packString(method)
                        .packArrayHeader(1)
                        .packValue(argument);
                ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            var answer = in.unpackValue().asArrayValue();
            if (!answer.get(2).isNilValue()) {
                throw new IOException(method + " failed: " + answer.get(2));
            }
            return answer.get(3);
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new IllegalStateException("A socket that cannot be closed", e);
            }
        }
    }
}
