package io.gatewright.pdk.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Frames on one connection: four bytes of length, little-endian, then as many bytes. One thread at a time.
 *
 * <p>Both directions have one direct buffer that lives as long as the connection. What arrives is parsed where it lies; what
 * is written gathers in the buffer until {@link #flush}, so that any number of small frames leave in one system call. A frame
 * larger than the buffer takes memory of its own, which grows with what has arrived and not with what was announced, and is
 * not kept.
 */
public final class Frames {
    /** The longest frame taken by default. Request and response bodies travel in one frame. */
    public static final int MAX_FRAME_BYTES = 64 << 20;

    /** What fits into one write: well below a Unix socket's buffer, so writing it to an empty socket never blocks. */
    public static final int BUFFER_BYTES = 32 << 10;

    private static final int HEADER_BYTES = 4;
    private static final byte[] NOTHING = {};

    private final ByteChannel channel;
    private final int maxFrameBytes;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .flip();
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** The frame that was read: either {@code length} bytes of {@code in} at {@code start}, or all of {@code large}. */
    private int start;

    private int length;
    private byte[] large = NOTHING;

    /** Frames of up to {@link #MAX_FRAME_BYTES} on this channel, which must be in blocking mode. */
    public Frames(ByteChannel channel) {
        this(channel, MAX_FRAME_BYTES);
    }

    /**
     * Frames on this channel.
     *
     * @param maxFrameBytes the longest frame that is read, at least 0
     */
    public Frames(ByteChannel channel, int maxFrameBytes) {
        this.channel = channel;
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * Waits for the next frame. What was read before is gone.
     *
     * @return false if the peer has closed the connection between two frames
     * @throws OutOfMemoryError if the frame does not fit into memory; it has been passed over, and the next one can be read
     * @throws MalformedFrame if it closed in the middle of one, or announces one over the limit
     */
    public boolean read() throws IOException {
        large = NOTHING;
        length = 0;
        if (!fill(HEADER_BYTES)) {
            if (in.hasRemaining()) {
                throw new MalformedFrame("The connection ended within the length of a frame");
            }
            return false;
        }
        int announced = in.getInt();
        if (announced < 0 || announced > maxFrameBytes) {
            throw new MalformedFrame("A frame of %d bytes is over the limit of %d bytes"
                    .formatted(Integer.toUnsignedLong(announced), maxFrameBytes));
        }
        if (announced <= BUFFER_BYTES) {
            if (!fill(announced)) {
                throw ended(in.remaining(), announced);
            }
            start = in.position();
            in.position(start + announced);
        } else {
            readLarge(announced);
        }
        length = announced;
        return true;
    }

    /** How many bytes the frame has. */
    public int length() {
        return length;
    }

    /**
     * The frame as a message. Of a large frame the message shares the bytes.
     *
     * @throws MalformedFrame if it is none
     */
    public <M extends MessageLite> M parse(Parser<M> parser) throws IOException {
        try {
            if (length > BUFFER_BYTES) {
                CodedInputStream shared = UnsafeByteOperations.unsafeWrap(large).newCodedInput();
                shared.enableAliasing(true);
                return parser.parseFrom(shared);
            }
            return parser.parseFrom(in.slice(start, length));
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedFrame("A frame of %d bytes is not the message expected here".formatted(length), e);
        }
    }

    /** A copy of the bytes of the frame. */
    public byte[] bytes() {
        if (length > BUFFER_BYTES) {
            return large.clone();
        }
        byte[] copy = new byte[length];
        in.get(start, copy);
        return copy;
    }

    /** The frame as text, one character for each byte. */
    public String text() {
        return new String(bytes(), StandardCharsets.ISO_8859_1);
    }

    /** Whether a message of so many bytes, with its length, still fits into the write that is being gathered. */
    public boolean hasRoomFor(int bytes) {
        return bytes <= out.remaining() - HEADER_BYTES;
    }

    /** Puts a frame with these bytes into the current write. */
    public void write(byte[] payload) throws IOException {
        writeHeader(payload.length);
        copy(payload, 0, payload.length);
    }

    /** Puts a frame with this message into the current write. */
    public void write(MessageLite message) throws IOException {
        int size = message.getSerializedSize();
        writeHeader(size);
        if (size == 0) {
            return;
        }
        if (size <= out.remaining()) {
            CodedOutputStream coded = CodedOutputStream.newInstance(out.slice());
            message.writeTo(coded);
            coded.flush();
            out.position(out.position() + size);
        } else {
            CodedOutputStream coded = CodedOutputStream.newInstance(new Overflow());
            message.writeTo(coded);
            coded.flush();
        }
    }

    /** Puts an empty frame into the current write. */
    public void writeEmpty() throws IOException {
        writeHeader(0);
    }

    /** Sends what was gathered; returns when the socket has taken it. */
    public void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }

    /** How many bytes the current write has. */
    int gathered() {
        return out.position();
    }

    /** Takes back what was put into the current write after it had so many bytes. */
    void takeBack(int gathered) {
        out.position(gathered);
    }

    private void writeHeader(int size) throws IOException {
        if (out.remaining() < HEADER_BYTES) {
            flush();
        }
        out.putInt(size);
    }

    private void copy(byte[] bytes, int offset, int count) throws IOException {
        int copied = 0;
        while (copied < count) {
            if (!out.hasRemaining()) {
                flush();
            }
            int part = Math.min(count - copied, out.remaining());
            out.put(bytes, offset + copied, part);
            copied += part;
        }
    }

    /** Whether so many bytes, at most the buffer's, are there; false at the end of the stream. */
    private boolean fill(int bytes) throws IOException {
        if (in.remaining() >= bytes) {
            return true;
        }
        in.compact();
        try {
            while (in.position() < bytes) {
                if (channel.read(in) < 0) {
                    return false;
                }
            }
        } finally {
            in.flip();
        }
        return true;
    }

    private void readLarge(int announced) throws IOException {
        int have = 0;
        try {
            byte[] bytes = new byte[Math.min(announced, 2 * BUFFER_BYTES)];
            while (have < announced) {
                requireMore(have, announced);
                if (have == bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min(announced, 2L * have));
                }
                int part = Math.min(in.remaining(), bytes.length - have);
                in.get(bytes, have, part);
                have += part;
            }
            large = bytes;
        } catch (OutOfMemoryError e) {
            skip(have, announced);
            throw e;
        }
    }

    /** Reads the rest of a frame to nowhere, so that the next one can be read. */
    private void skip(int have, int announced) throws IOException {
        while (have < announced) {
            requireMore(have, announced);
            int part = Math.min(in.remaining(), announced - have);
            in.position(in.position() + part);
            have += part;
        }
    }

    private void requireMore(int have, int announced) throws IOException {
        if (!in.hasRemaining() && !fill(1)) {
            throw ended(have, announced);
        }
    }

    private static MalformedFrame ended(int have, int announced) {
        return new MalformedFrame(
                "The connection ended after %d of the %d bytes of a frame".formatted(have, announced));
    }

    /** Where a message goes that does not fit into the rest of the buffer. */
    private final class Overflow extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            copy(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            copy(bytes, offset, count);
        }
    }
}
