package io.gatewright.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * Sends as Kong does, the length of a frame by itself and then the frame ({@code write_frame} in its {@code pb_rpc.lua}), when each frame
 * is flushed by itself. One thread at a time.
 */
final class LengthFirst implements ByteChannel {
    private static final int LENGTH_BYTES = 4;

    private final ByteChannel channel;

    LengthFirst(ByteChannel channel) {
        this.channel = channel;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int limit = bytes.limit();
        bytes.limit(Math.min(limit, bytes.position() + LENGTH_BYTES));
        int written = channel.write(bytes);
        bytes.limit(limit);
        return bytes.hasRemaining() ? written + channel.write(bytes) : written;
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
        return channel.read(bytes);
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
