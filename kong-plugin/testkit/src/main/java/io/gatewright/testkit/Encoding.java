package io.gatewright.testkit;

import com.google.protobuf.InvalidProtocolBufferException;
import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;
import io.gatewright.proto.kong.LuaTable;
import io.gatewright.proto.kong.LuaValue;
import java.util.Arrays;

/** Puts a version's encoder between calls and wire. As thread-safe as the calls. */
final class Encoding {
    private static final byte[] FALSE = Replies.flag(false);

    private final Calls calls;
    private final Behaviour behaviour;

    Encoding(Calls calls, Behaviour behaviour) {
        this.calls = calls;
        this.behaviour = behaviour;
    }

    byte[] run(Phase phase, Method method, byte[] args) {
        byte[] answer = calls.run(phase, method, args);
        if (behaviour.listsRaise() && hasList(method, answer)) {
            throw new LuaError("bad argument #2 to 'encode' (string expected, got table)");
        }
        boolean isFlag = method == Method.IP_IS_TRUSTED || method == Method.SERVICE_SET_UPSTREAM;
        return isFlag && !behaviour.falseIsSent() && Arrays.equals(answer, FALSE) ? Replies.EMPTY : answer;
    }

    private static boolean hasList(Method method, byte[] answer) {
        try {
            return switch (method) {
                case REQUEST_GET_HEADERS, REQUEST_GET_QUERY, RESPONSE_GET_HEADERS ->
                    hasList(LuaTable.parseFrom(answer));
                case CTX_SHARED_GET, NGINX_GET_CTX -> hasList(LuaValue.parseFrom(answer));
                default -> false;
            };
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("An answer of the test that is no message", e);
        }
    }

    private static boolean hasList(LuaTable table) {
        return table.getFieldsList().stream().anyMatch(entry -> hasList(entry.getValue()));
    }

    private static boolean hasList(LuaValue value) {
        return value.hasListValue() || (value.hasStructValue() && hasList(value.getStructValue()));
    }
}
