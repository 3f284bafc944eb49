package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.wire.Frames;
import io.gatewright.proto.kong.HandleEvent;
import io.gatewright.proto.kong.RpcCall;
import io.gatewright.proto.kong.RpcReturn;
import io.gatewright.proto.kong.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;

/**
 * A Kong gone mad: each attack is one connection. What it says in full has to be answered; where it breaks off or talks nonsense, the connection
 * has to end once its output has. One thread at a time.
 */
final class Attacker {
    private static final String[] PHASES = {"access", "rewrite", "response", "log", "certificate", "preread", "none"};
    /** The calls of the handlers that are answered by a text, or by what is the same on the wire. */
    private static final Set<String> TEXTS = Set.of("kong.request.get_method", "kong.request.get_raw_body");

    private static final int[] LENGTHS = {-1, Integer.MIN_VALUE, Frames.MAX_FRAME_BYTES + 1, 40_000, 100, 5};

    private final Path socket;
    private final Random random;

    Attacker(Path socket, Random random) {
        this.socket = socket;
        this.random = random;
    }

    void attack() throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            switch (random.nextInt(6)) {
                case 0 -> speakInPieces(channel);
                case 1 -> breakOff(channel);
                case 2 -> write(channel, bytes(random.nextInt(200)));
                case 3 -> announce(channel);
                case 4 -> write(channel, mutated(KongPeer.framed(start(1).toByteArray())));
                default -> answerWithNonsense(channel);
            }
            drain(channel);
        }
    }

    /** A start and events, all of it well formed, cut anywhere, with fields that nobody knows. */
    private void speakInPieces(SocketChannel channel) throws IOException {
        Frames frames = new Frames(channel);
        long sequence = random.nextInt(1000);
        inPieces(channel, KongPeer.framed(withUnknownFields(start(sequence).toByteArray())));
        assertThat(frames.read()).isTrue();
        RpcReturn started = frames.parse(RpcReturn.parser());
        assertThat(started.getSequence()).isEqualTo(sequence);
        boolean goesOn = true;
        for (int events = random.nextInt(4); events > 0 && goesOn; events--) {
            sequence++;
            int instance = random.nextInt(8) == 0
                    ? random.nextInt()
                    : started.getInstanceStatus().getInstanceId();
            inPieces(
                    channel,
                    KongPeer.framed(withUnknownFields(event(sequence, instance).toByteArray())));
            goesOn = answer(channel, frames, sequence);
        }
    }

    /** Answers the calls of an event until it ends; whether the connection goes on. */
    private boolean answer(SocketChannel channel, Frames frames, long sequence) throws IOException {
        while (true) {
            assertThat(frames.read()).as("a call or the end of the event").isTrue();
            String method = frames.text();
            assertThat(frames.read()).isTrue();
            if (method.isEmpty()) {
                assertThat(frames.parse(RpcReturn.parser()).getSequence()).isEqualTo(sequence);
                return true;
            }
            if (method.equals("kong.response.exit") || method.startsWith("No plugin instance")) {
                return false;
            }
            byte[] answer = Text.newBuilder()
                    .setV(ByteString.copyFrom(bytes(random.nextInt(20))))
                    .build()
                    .toByteArray();
            inPieces(channel, KongPeer.framed(TEXTS.contains(method) ? answer : new byte[0]));
        }
    }

    private void breakOff(SocketChannel channel) throws IOException {
        byte[] all = concat(
                KongPeer.framed(start(1).toByteArray()),
                KongPeer.framed(event(2, random.nextInt()).toByteArray()));
        inPieces(channel, Arrays.copyOf(all, random.nextInt(all.length)));
    }

    private void announce(SocketChannel channel) throws IOException {
        int length = LENGTHS[random.nextInt(LENGTHS.length)];
        write(
                channel,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(length)
                        .array());
        write(channel, bytes(random.nextInt(50)));
    }

    private void answerWithNonsense(SocketChannel channel) throws IOException {
        Frames frames = new Frames(channel);
        write(channel, KongPeer.framed(start(1).toByteArray()));
        assertThat(frames.read()).isTrue();
        int instance = frames.parse(RpcReturn.parser()).getInstanceStatus().getInstanceId();
        write(channel, KongPeer.framed(event(2, instance).toByteArray()));
        for (int i = random.nextInt(5); i > 0; i--) {
            write(
                    channel,
                    random.nextBoolean() ? KongPeer.framed(bytes(random.nextInt(30))) : bytes(random.nextInt(9)));
        }
    }

    private RpcCall start(long sequence) {
        String config = "{\"word\":\"" + "abcdef".charAt(random.nextInt(6)) + "\"}";
        return RpcCall.newBuilder()
                .setSequence(sequence)
                .setStartInstance(KongPeer.startOf("probe", config))
                .build();
    }

    private RpcCall event(long sequence, int instance) {
        return RpcCall.newBuilder()
                .setSequence(sequence)
                .setHandleEvent(HandleEvent.newBuilder()
                        .setInstanceId(instance)
                        .setEventName(ByteString.copyFromUtf8(PHASES[random.nextInt(PHASES.length)])))
                .build();
    }

    /** Field 99 before or after, as a number or as bytes. */
    private byte[] withUnknownFields(byte[] message) {
        byte[] number = {(byte) 0x98, 6, (byte) random.nextInt(128)};
        byte[] text = {(byte) 0x9a, 6, 2, (byte) random.nextInt(), (byte) random.nextInt()};
        return switch (random.nextInt(4)) {
            case 0 -> concat(number, message);
            case 1 -> concat(message, text);
            case 2 -> concat(text, message, number);
            default -> message;
        };
    }

    private byte[] mutated(byte[] bytes) {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private void inPieces(SocketChannel channel, byte[] bytes) throws IOException {
        int at = 0;
        while (at < bytes.length) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(bytes.length));
            write(channel, Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
    }

    /** A server that has given the connection up already is no fault. */
    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        try {
            while (all.hasRemaining()) {
                channel.write(all);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?i)broken pipe|connection reset.*");
        }
    }

    /** Says no more, and waits until the server has ended too. */
    private static void drain(SocketChannel channel) throws IOException {
        ByteBuffer nowhere = ByteBuffer.allocate(4096);
        try {
            channel.shutdownOutput();
            while (channel.read(nowhere.clear()) >= 0) {}
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?i)broken pipe|connection reset.*");
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
