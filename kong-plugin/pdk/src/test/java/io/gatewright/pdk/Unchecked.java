package io.gatewright.pdk;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.gatewright.proto.kong.Text;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Calls that the API refuses, because Kong would fail the event: to see what happens then. */
public final class Unchecked {
    private Unchecked() {}

    /** Queues a call of any name. */
    public static void send(Kong kong, String method, ByteString args) {
        kong.calls().sendUnchecked(method.getBytes(StandardCharsets.US_ASCII), message(args));
    }

    /** Makes a call and waits. */
    public static void get(Kong kong, String method, ByteString args) {
        var _ = kong.calls().getUnchecked(ask(method, args));
    }

    /** Makes calls in one write and waits. */
    public static void fetch(Kong kong, List<String> methods, List<ByteString> args) {
        Ask<?>[] asks = new Ask<?>[methods.size()];
        for (int i = 0; i < asks.length; i++) {
            asks[i] = ask(methods.get(i), args.get(i));
        }
        kong.fetch(asks);
    }

    private static Ask<Text> ask(String wireName, ByteString args) {
        for (Method method : Method.values()) {
            if (method.wireName().equals(wireName)) {
                return Ask.of(method, message(args), Text.parser(), answer -> answer);
            }
        }
        throw new IllegalArgumentException(wireName);
    }

    /** As a text, with what is none in unknown fields: encoded it is the same bytes. */
    private static MessageLite message(ByteString bytes) {
        try {
            return Text.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
