package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.gatewright.pdk.wire.Frames;
import io.gatewright.proto.kong.CloseInstance;
import io.gatewright.proto.kong.HandleEvent;
import io.gatewright.proto.kong.RpcCall;
import io.gatewright.proto.kong.RpcReturn;
import io.gatewright.proto.kong.StartInstance;
import io.gatewright.proto.kong.Text;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Kong's side of one connection, one frame at a time. One thread at a time. */
final class KongPeer implements AutoCloseable {
    private final SocketChannel channel;
    private final Frames frames;
    private long sequence = 1;

    private KongPeer(SocketChannel channel) {
        this.channel = channel;
        this.frames = new Frames(channel);
    }

    /** On a connection made elsewhere. */
    static KongPeer on(SocketChannel channel) {
        return new KongPeer(channel);
    }

    static KongPeer connect(Path socket) throws IOException {
        return new KongPeer(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    /** Sends a command; its sequence is the next. */
    void call(RpcCall.Builder command) throws IOException {
        sequence++;
        write(command.setSequence(sequence).build());
    }

    /** Starts an instance; its id. */
    int start(String plugin, String config) throws IOException {
        call(RpcCall.newBuilder().setStartInstance(startOf(plugin, config)));
        RpcReturn result = expectReturn();
        assertThat(result.hasInstanceStatus()).isTrue();
        return result.getInstanceStatus().getInstanceId();
    }

    static StartInstance startOf(String plugin, String config) {
        return StartInstance.newBuilder()
                .setName(ByteString.copyFromUtf8(plugin))
                .setConfig(ByteString.copyFromUtf8(config))
                .build();
    }

    /** Closes an instance and takes the answer. */
    void close(int instance) throws IOException {
        call(RpcCall.newBuilder().setCloseInstance(CloseInstance.newBuilder().setInstanceId(instance)));
        expectReturn();
    }

    void event(int instance, String phase) throws IOException {
        call(RpcCall.newBuilder()
                .setHandleEvent(
                        HandleEvent.newBuilder().setInstanceId(instance).setEventName(ByteString.copyFromUtf8(phase))));
    }

    /** Takes a call of this method; its arguments. */
    byte[] expectCall(String method) throws IOException {
        assertThat(frames.read()).as("a call").isTrue();
        assertThat(frames.text()).isEqualTo(method);
        assertThat(frames.read()).as("arguments").isTrue();
        return frames.bytes();
    }

    /** Takes a call of this method; its arguments as this message. */
    <M extends MessageLite> M expectCall(String method, Parser<M> args) throws IOException {
        return args.parseFrom(expectCall(method));
    }

    /** Takes a call of this method with this text and answers with that one. */
    void answer(String method, String arg, String text) throws IOException {
        assertThat(expectCall(method, Text.parser()).getV().toStringUtf8()).isEqualTo(arg);
        reply(Text.newBuilder().setV(ByteString.copyFromUtf8(text)).build());
    }

    void reply(MessageLite answer) throws IOException {
        write(answer);
    }

    void replyNothing() throws IOException {
        frames.writeEmpty();
        frames.flush();
    }

    /** Takes the frames that end an event. */
    void expectEnd() throws IOException {
        assertThat(frames.read()).as("the empty frame").isTrue();
        assertThat(frames.text()).isEmpty();
        RpcReturn result = expectReturn();
        assertThat(result)
                .isEqualTo(RpcReturn.newBuilder().setSequence(sequence).build());
    }

    RpcReturn expectReturn() throws IOException {
        assertThat(frames.read()).as("an answer to the command").isTrue();
        RpcReturn result = frames.parse(RpcReturn.parser());
        assertThat(result.getSequence()).isEqualTo(sequence);
        return result;
    }

    /** Waits for the end of the stream, before which there is nothing. */
    void expectEndOfStream() throws IOException {
        assertThat(frames.read()).as("a frame instead of the end of the stream").isFalse();
    }

    void write(MessageLite message) throws IOException {
        frames.write(message);
        frames.flush();
    }

    /** The next frame. */
    byte[] read() throws IOException {
        assertThat(frames.read()).as("a frame").isTrue();
        return frames.bytes();
    }

    /** Writes these bytes as they are. */
    void raw(byte[] bytes) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining()) {
            channel.write(all);
        }
    }

    /** A payload with its length. */
    static byte[] framed(byte[] payload) {
        return ByteBuffer.allocate(4 + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    /** Ends what goes to the server; what comes from it can still be read. */
    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
