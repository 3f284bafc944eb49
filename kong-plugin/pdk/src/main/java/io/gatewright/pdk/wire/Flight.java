package io.gatewright.pdk.wire;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a plugin server to Kong on one connection, as few writes as there are waits. One thread at a time.
 *
 * <p>Kong reads a call, runs it, answers, and reads the next; it never looks whether the peer is waiting (Kong's {@code
 * runloop/plugin_servers/rpc/pb_rpc.lua}). So calls can be written ahead, and answers come in their order. What must not happen
 * is that Kong blocks writing answers while we block writing calls. It cannot: a write begins only when no answer is outstanding, and
 * it is either at most {@link Frames#BUFFER_BYTES}, which an empty socket takes at once, or one call alone. {@link
 * #MAX_OUTSTANDING} keeps the small answers far from the about 210 that fill a socket unread, and at most one answer of
 * unlimited size is under way, so what Kong must hold for us is bounded.
 */
public final class Flight {
    /** How many answers are outstanding at most. */
    public static final int MAX_OUTSTANDING = 64;

    /** The closing frames: an empty one and an RpcReturn with a sequence. */
    private static final int CLOSING_BYTES = 24;

    private final Frames frames;
    private final @Nullable Answer<?>[] outstanding = new Answer<?>[MAX_OUTSTANDING];
    private final byte[][] names = new byte[MAX_OUTSTANDING][];
    private int count;
    private int answered;
    private boolean largeOutstanding;
    private boolean whole = true;

    /** Calls on these frames, on which no answer is outstanding. */
    public Flight(Frames frames) {
        this.frames = frames;
    }

    /** Puts a call whose answer says nothing into the current write; it leaves with the next wait or the closing frames. */
    public void queue(byte[] method, MessageLite args) throws IOException {
        put(method, args, false, null);
    }

    /**
     * Puts a call into the current write.
     *
     * @param large whether its answer has no limit, like a body
     * @return filled by {@link #land}
     */
    public <M extends MessageLite> Answer<M> ask(byte[] method, MessageLite args, boolean large, Parser<M> parser)
            throws IOException {
        Answer<M> answer = new Answer<>(parser);
        put(method, args, large, answer);
        return answer;
    }

    /**
     * Sends what is queued and waits for every answer.
     *
     * @throws EOFException if Kong gives the event up: it refused a call, or its client is gone. The message names the call
     * @throws OutOfMemoryError if an answer does not fit into memory; the others have been taken
     */
    public void land() throws IOException {
        whole = false;
        OutOfMemoryError exhausted = null;
        frames.flush();
        while (answered < count) {
            try {
                if (!frames.read()) {
                    throw new EOFException("Kong closed the connection instead of answering "
                            + new String(names[answered], StandardCharsets.ISO_8859_1));
                }
                Answer<?> answer = outstanding[answered];
                if (answer != null) {
                    answer.take(frames);
                }
            } catch (OutOfMemoryError e) {
                exhausted = e;
            }
            outstanding[answered++] = null;
        }
        count = 0;
        answered = 0;
        largeOutstanding = false;
        whole = true;
        if (exhausted != null) {
            throw exhausted;
        }
    }

    /** Whether calls can go on after one of these methods threw an {@link Error}: it left no call half written or half read. */
    public boolean isWhole() {
        return whole;
    }

    /** Sends what is queued and the frames that end an event. The answers outstanding are still to be read: {@link #land}. */
    public void close(MessageLite rpcReturn) throws IOException {
        if (!frames.hasRoomFor(CLOSING_BYTES)) {
            land();
        }
        frames.writeEmpty();
        frames.write(rpcReturn);
        frames.flush();
    }

    /** Sends what is queued and a call that Kong never answers; then waits for the answers to the others. */
    public void last(byte[] method, MessageLite args) throws IOException {
        makeRoom(method, args);
        frames.write(method);
        frames.write(args);
        land();
    }

    private void put(byte[] method, MessageLite args, boolean large, @Nullable Answer<?> answer) throws IOException {
        boolean alone = makeRoom(method, args);
        if (count == MAX_OUTSTANDING || (large && largeOutstanding)) {
            land();
        }
        whole = !alone;
        int before = frames.gathered();
        try {
            frames.write(method);
            frames.write(args);
        } catch (Error e) {
            frames.takeBack(before);
            throw e;
        }
        names[count] = method;
        outstanding[count++] = answer;
        largeOutstanding |= large;
        if (alone) {
            land();
        }
    }

    /** Lands what is under way if the call does not fit into the same write; says whether it fits into none. */
    private boolean makeRoom(byte[] method, MessageLite args) throws IOException {
        int bytes = method.length + 8 + args.getSerializedSize();
        if (!frames.hasRoomFor(bytes)) {
            land();
        }
        return !frames.hasRoomFor(bytes);
    }
}
