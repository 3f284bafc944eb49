package io.gatewright.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls that a plugin is expected to make in one event, in order, and their answers. A call that differs raises, as Kong does
 * with a bad one, and {@link #verify} says so. One thread at a time.
 */
public final class Script implements Calls {
    private final Deque<Expected> expected = new ArrayDeque<>();
    private final List<String> made = new ArrayList<>();
    private @Nullable String difference;

    /** What is expected next. */
    private record Expected(
            Method method,
            @Nullable ByteString args,
            @Nullable ByteString answer,
            @Nullable String error) {}

    /** A call with whatever arguments. */
    public Script expect(Method method, byte[] answer) {
        expected.add(new Expected(method, null, ByteString.copyFrom(answer), null));
        return this;
    }

    /** A call with these arguments. */
    public Script expect(Method method, MessageLite args, byte[] answer) {
        expected.add(new Expected(method, args.toByteString(), ByteString.copyFrom(answer), null));
        return this;
    }

    /** A call that raises inside Kong. */
    public Script raise(Method method, String error) {
        expected.add(new Expected(method, null, null, error));
        return this;
    }

    @Override
    public byte[] run(Phase phase, Method method, byte[] args) {
        String call = method.wireName() + "(" + HexFormat.of().formatHex(args) + ")";
        made.add(call);
        Expected next = expected.poll();
        if (next == null || next.method() != method) {
            throw different(call, next == null ? "nothing" : next.method().wireName());
        }
        if (next.args() != null && !next.args().equals(ByteString.copyFrom(args))) {
            throw different(
                    call,
                    method.wireName() + "("
                            + HexFormat.of().formatHex(next.args().toByteArray()) + ")");
        }
        if (next.answer() == null) {
            throw new LuaError(String.valueOf(next.error()));
        }
        return next.answer().toByteArray();
    }

    /** The calls made so far, with their arguments in hexadecimal. */
    public List<String> made() {
        return List.copyOf(made);
    }

    /**
     * Checks that all calls came, and none else.
     *
     * @throws AssertionError that names the first difference
     */
    public void verify() {
        if (difference != null) {
            throw new AssertionError(difference);
        }
        Expected next = expected.peek();
        if (next != null) {
            throw new AssertionError(
                    "expected " + next.method().wireName() + " after " + made + ", and it did not come");
        }
    }

    private LuaError different(String call, String wanted) {
        if (difference == null) {
            difference = "expected " + wanted + " as call " + made.size() + ", and " + call + " came";
        }
        return new LuaError("not in the script: " + call);
    }
}
