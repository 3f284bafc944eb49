package io.gatewright.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.pdk.wire.Frames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LengthFirstTest {
    @Test
    void sendsTheLengthByItself() throws IOException {
        Kept kept = new Kept();
        Frames frames = new Frames(new LengthFirst(kept));

        frames.write(new byte[10]);
        frames.flush();
        frames.writeEmpty();
        frames.flush();

        assertThat(kept.writes).containsExactly(4, 10, 4);
    }

    /** Remembers how long each write was. One thread at a time. */
    private static final class Kept implements ByteChannel {
        private final List<Integer> writes = new ArrayList<>();

        @Override
        public int write(ByteBuffer bytes) {
            int count = bytes.remaining();
            bytes.position(bytes.limit());
            writes.add(count);
            return count;
        }

        @Override
        public int read(ByteBuffer bytes) {
            return -1;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
