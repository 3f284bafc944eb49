package io.gatewright.pdk.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gatewright.proto.kong.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FramesTest {
    /** Gives out what it was made with in pieces of at most so many bytes, and keeps what is written. */
    private static final class Pieces implements ByteChannel {
        private final ByteBuffer given;
        private final int most;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private int writes;

        Pieces(byte[] given, int most) {
            this.given = ByteBuffer.wrap(given);
            this.most = most;
        }

        @Override
        public int read(ByteBuffer target) {
            if (!given.hasRemaining()) {
                return -1;
            }
            int count = Math.min(most, Math.min(given.remaining(), target.remaining()));
            target.put(given.slice(given.position(), count));
            given.position(given.position() + count);
            return count;
        }

        @Override
        public int write(ByteBuffer source) {
            byte[] bytes = new byte[Math.min(most, source.remaining())];
            source.get(bytes);
            written.writeBytes(bytes);
            writes++;
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void framesSurviveEveryWayOfCuttingThem() throws IOException {
        byte[][] payloads = {
            {}, {1}, filled(258), filled(Frames.BUFFER_BYTES), filled(Frames.BUFFER_BYTES + 1), {}, filled(200_000)
        };
        Pieces out = new Pieces(new byte[0], Integer.MAX_VALUE);
        Frames writer = new Frames(out);
        for (byte[] payload : payloads) {
            writer.write(payload);
        }
        writer.flush();
        for (int most : new int[] {1, 3, 4, 5, 4096, Integer.MAX_VALUE}) {
            Frames reader = new Frames(new Pieces(out.written.toByteArray(), most));
            for (byte[] payload : payloads) {
                assertThat(reader.read()).isTrue();
                assertThat(reader.length()).isEqualTo(payload.length);
                assertThat(reader.bytes()).isEqualTo(payload);
            }
            assertThat(reader.read()).as("the end").isFalse();
        }
    }

    @Test
    void lengthsAreLittleEndian() throws IOException {
        Pieces out = new Pieces(new byte[0], Integer.MAX_VALUE);
        Frames frames = new Frames(out);
        frames.write(filled(258));
        frames.flush();
        assertThat(Arrays.copyOf(out.written.toByteArray(), 4)).containsExactly(2, 1, 0, 0);
    }

    @Test
    void manyFramesLeaveInOneWrite() throws IOException {
        Pieces out = new Pieces(new byte[0], Integer.MAX_VALUE);
        Frames frames = new Frames(out);
        for (int i = 0; i < 100; i++) {
            frames.write(text("value " + i));
            frames.writeEmpty();
        }
        frames.flush();
        assertThat(out.writes).isEqualTo(1);
    }

    @Test
    void aMessageOfAnySizeArrivesAsItWas() throws IOException {
        for (int size : new int[] {0, 1, Frames.BUFFER_BYTES - 8, Frames.BUFFER_BYTES, 1 << 20}) {
            Pieces out = new Pieces(new byte[0], 1 << 16);
            Frames frames = new Frames(out);
            Text message =
                    Text.newBuilder().setV(ByteString.copyFrom(filled(size))).build();
            frames.write(message);
            frames.flush();
            Frames reader = new Frames(new Pieces(out.written.toByteArray(), 1 << 16));
            assertThat(reader.read()).isTrue();
            assertThat(reader.parse(Text.parser())).isEqualTo(message);
        }
    }

    @Test
    void anEndInsideAFrameIsMalformed() throws IOException {
        byte[] whole = {5, 0, 0, 0, 1, 2, 3, 4, 5};
        for (int cut = 1; cut < whole.length; cut++) {
            Frames frames = new Frames(new Pieces(Arrays.copyOf(whole, cut), 2));
            assertThatThrownBy(frames::read).isInstanceOf(MalformedFrame.class).hasMessageContaining("ended");
        }
        byte[] large = {0, 0, 1, 0, 9};
        assertThatThrownBy(new Frames(new Pieces(large, 9))::read)
                .isInstanceOf(MalformedFrame.class)
                .hasMessageContaining("1 of the 65536 bytes");
    }

    @Test
    void aLengthOverTheLimitIsMalformedAndTakesNoMemory() {
        Frames minus = new Frames(new Pieces(new byte[] {-1, -1, -1, -1}, 4));
        assertThatThrownBy(minus::read)
                .isInstanceOf(MalformedFrame.class)
                .hasMessageContaining("4294967295 bytes is over the limit of 67108864");
        Frames small = new Frames(new Pieces(new byte[] {11, 0, 0, 0}, 4), 10);
        assertThatThrownBy(small::read).isInstanceOf(MalformedFrame.class).hasMessageContaining("11");
    }

    @Test
    void bytesThatAreNoMessageAreMalformed() throws IOException {
        Frames frames = new Frames(new Pieces(new byte[] {2, 0, 0, 0, 10, 9}, 9));
        assertThat(frames.read()).isTrue();
        assertThatThrownBy(() -> frames.parse(Text.parser())).isInstanceOf(MalformedFrame.class);
    }

    private static byte[] filled(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static Text text(String value) {
        return Text.newBuilder().setV(ByteString.copyFromUtf8(value)).build();
    }
}
