package io.gatewright.pdk.wire;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one call, there once its {@link Flight} has landed. Belongs to the thread of the flight.
 *
 * @param <M> the message it is
 */
public final class Answer<M extends MessageLite> {
    private final Parser<M> parser;
    private @Nullable M message;

    Answer(Parser<M> parser) {
        this.parser = parser;
    }

    /**
     * What Kong said.
     *
     * @throws IllegalStateException if the flight has not landed
     */
    public M message() {
        if (message == null) {
            throw new IllegalStateException("The answer has not been waited for");
        }
        return message;
    }

    void take(Frames frames) throws IOException {
        message = frames.parse(parser);
    }
}
