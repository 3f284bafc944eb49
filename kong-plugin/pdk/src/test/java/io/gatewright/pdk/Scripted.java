package io.gatewright.pdk;

import io.gatewright.pdk.wire.Flight;
import io.gatewright.pdk.wire.Frames;
import io.gatewright.pdk.wire.Turn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ByteChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A Kong that gives prepared answers and keeps what it is asked. */
final class Scripted implements ByteChannel {
    private final ByteBuffer answers;
    private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
    private final Flight flight = new Flight(new Frames(this));

    private Scripted(ByteBuffer answers) {
        this.answers = answers;
    }

    /** Answers with these, each as hexadecimal digits. */
    static Scripted answering(String... hex) {
        ByteBuffer all = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (String each : hex) {
            byte[] answer = HexFormat.of().parseHex(each.replace(" ", ""));
            all.putInt(answer.length).put(answer);
        }
        return new Scripted(all.flip());
    }

    /** A handler's view of it. */
    Kong in(Phase phase) {
        return in(phase, KongVersion.DEFAULT);
    }

    Kong in(Phase phase, KongVersion version) {
        return new Kong(
                flight,
                new Turn(System.nanoTime()),
                phase,
                new Caller("plug", version, Log.Level.NOTICE),
                Placement.UNKNOWN);
    }

    /** What it was asked, once all is sent: name and arguments in hexadecimal digits. */
    List<String> asked() {
        try {
            flight.land();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteBuffer all = ByteBuffer.wrap(asked.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        List<String> calls = new ArrayList<>();
        while (all.hasRemaining()) {
            calls.add(new String(frame(all), java.nio.charset.StandardCharsets.US_ASCII) + " "
                    + HexFormat.of().formatHex(frame(all)));
        }
        return calls;
    }

    private static byte[] frame(ByteBuffer all) {
        byte[] payload = new byte[all.getInt()];
        all.get(payload);
        return payload;
    }

    @Override
    public int read(ByteBuffer target) {
        if (!answers.hasRemaining()) {
            return -1;
        }
        int count = Math.min(answers.remaining(), target.remaining());
        target.put(answers.slice(answers.position(), count));
        answers.position(answers.position() + count);
        return count;
    }

    @Override
    public int write(ByteBuffer source) {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        asked.writeBytes(bytes);
        return bytes.length;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
