package io.gatewright.pdk.wire;

import java.io.IOException;

/** The peer broke the framing: a length over the limit, an end in the middle of a frame, bytes that are no message. */
public final class MalformedFrame extends IOException {
    private static final long serialVersionUID = 1;

    MalformedFrame(String message) {
        super(message);
    }

    MalformedFrame(String message, Throwable cause) {
        super(message, cause);
    }
}
