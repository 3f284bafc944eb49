package io.gatewright.testkit;

import com.google.protobuf.ByteString;
import io.gatewright.proto.kong.Decimal;
import io.gatewright.proto.kong.LuaEntry;
import io.gatewright.proto.kong.LuaList;
import io.gatewright.proto.kong.LuaTable;
import io.gatewright.proto.kong.LuaValue;
import io.gatewright.proto.kong.Text;
import io.gatewright.proto.kong.Whole;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers as Kong's encoder writes them. Thread-safe: pure functions. Texts hold one character for each byte.
 *
 * <p>Lua's nil is an empty frame, and inside a value the null with the undefined number 1 (seen on lua-protobuf 0.3 to 0.5).
 */
public final class Replies {
    /** What a setter answers, and nil. */
    public static final byte[] EMPTY = {};

    private static final byte[] FALSE = {8, 0};
    private static final byte[] TRUE = {8, 1};
    private static final LuaValue NIL = LuaValue.newBuilder().setNullValue(1).build();

    private Replies() {}

    /** A text; null and the empty one look alike. */
    public static byte[] text(@Nullable String value) {
        return value == null
                ? EMPTY
                : Text.newBuilder().setV(bytes(value)).build().toByteArray();
    }

    /** A body or another sequence of bytes. */
    public static byte[] bytes(byte[] value) {
        return Text.newBuilder().setV(ByteString.copyFrom(value)).build().toByteArray();
    }

    /** A whole number. */
    public static byte[] whole(int value) {
        return Whole.newBuilder().setV(value).build().toByteArray();
    }

    /** A number. */
    public static byte[] decimal(double value) {
        return Decimal.newBuilder().setV(value).build().toByteArray();
    }

    /** A flag as Kong 3.3 and newer write it: false is there. */
    public static byte[] flag(boolean value) {
        return value ? TRUE.clone() : FALSE.clone();
    }

    /** A Lua value: text, number, flag, list, map or null. */
    public static byte[] value(@Nullable Object value) {
        return lua(value).toByteArray();
    }

    /** A table, such as headers; a list in it stays one. */
    public static byte[] table(Map<String, ?> entries) {
        return luaTable(entries).toByteArray();
    }

    static LuaTable luaTable(Map<String, ?> entries) {
        LuaTable.Builder table = LuaTable.newBuilder();
        entries.forEach((name, value) ->
                table.addFields(LuaEntry.newBuilder().setKey(bytes(name)).setValue(lua(value))));
        return table.build();
    }

    private static LuaValue lua(@Nullable Object value) {
        LuaValue.Builder lua = LuaValue.newBuilder();
        return switch (value) {
            case null -> NIL;
            case String text -> lua.setStringValue(bytes(text)).build();
            case Boolean flag -> lua.setBoolValue(flag).build();
            case Number number -> lua.setNumberValue(number.doubleValue()).build();
            case List<?> list -> {
                LuaList.Builder values = LuaList.newBuilder();
                list.forEach(each -> values.addValues(lua(each)));
                yield lua.setListValue(values).build();
            }
            case Map<?, ?> map -> {
                LuaTable.Builder table = LuaTable.newBuilder();
                map.forEach((key, each) -> table.addFields(
                        LuaEntry.newBuilder().setKey(bytes(key.toString())).setValue(lua(each))));
                yield lua.setStructValue(table).build();
            }
            default -> throw new LuaError("bad value: " + value.getClass());
        };
    }

    static ByteString bytes(String text) {
        return ByteString.copyFrom(text, StandardCharsets.ISO_8859_1);
    }

    static String text(ByteString bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
