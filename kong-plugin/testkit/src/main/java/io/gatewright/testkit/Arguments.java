package io.gatewright.testkit;

import com.google.protobuf.InvalidProtocolBufferException;
import io.gatewright.proto.kong.ExitArgs;
import io.gatewright.proto.kong.KeyValue;
import io.gatewright.proto.kong.LuaTable;
import io.gatewright.proto.kong.LuaValue;
import io.gatewright.proto.kong.Text;
import io.gatewright.proto.kong.Whole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Arguments as Kong's decoder hands them to its functions. Thread-safe: pure functions; what cannot be read raises. */
final class Arguments {
    private Arguments() {}

    /** A name and a value. */
    record Pair(String name, @Nullable Object value) {}

    static String text(byte[] args) {
        return Replies.text(read(() -> Text.parseFrom(args)).getV());
    }

    static byte[] bytes(byte[] args) {
        return read(() -> Text.parseFrom(args)).getV().toByteArray();
    }

    /** How many headers or arguments are asked for: 1 to 1000. */
    static int limit(byte[] args) {
        int limit = whole(args);
        if (limit < 1 || limit > 1000) {
            throw new LuaError("max_headers must be >= 1 and <= 1000");
        }
        return limit;
    }

    static int whole(byte[] args) {
        return read(() -> Whole.parseFrom(args)).getV();
    }

    static Pair pair(byte[] args) {
        KeyValue pair = read(() -> KeyValue.parseFrom(args));
        return new Pair(Replies.text(pair.getK()), pair.hasV() ? value(pair.getV()) : null);
    }

    static Map<String, Object> table(byte[] args) {
        return table(read(() -> LuaTable.parseFrom(args)));
    }

    static Map<String, Object> table(LuaTable table) {
        Map<String, Object> entries = new LinkedHashMap<>();
        table.getFieldsList().forEach(entry -> {
            Object value = value(entry.getValue());
            if (value != null) {
                entries.put(Replies.text(entry.getKey()), value);
            }
        });
        return entries;
    }

    static ExitArgs exit(byte[] args) {
        ExitArgs exit = read(() -> ExitArgs.parseFrom(args));
        if (exit.getStatus() < 100 || exit.getStatus() > 599) {
            throw new LuaError("code must be a number between 100 and 599");
        }
        return exit;
    }

    /** What may be set as a header: text, number, flag, or a list of texts. */
    static List<String> header(@Nullable Object value) {
        return switch (value) {
            case String text -> List.of(text);
            case Double number when number == Math.rint(number) -> List.of(Long.toString(number.longValue()));
            case Double number -> List.of(number.toString());
            case Boolean flag -> List.of(flag.toString());
            case List<?> list
            when list.stream().allMatch(String.class::isInstance) ->
                list.stream().map(String.class::cast).toList();
            case null, default -> throw new LuaError("invalid header value: got " + value);
        };
    }

    /** Null becomes a text, false becomes nil, what is empty becomes a table: as seen on lua-protobuf 0.3 to 0.5. */
    private static @Nullable Object value(LuaValue value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE -> "NULL_VALUE";
            case NUMBER_VALUE -> value.getNumberValue();
            case STRING_VALUE -> Replies.text(value.getStringValue());
            case BOOL_VALUE -> value.getBoolValue() ? Boolean.TRUE : null;
            case STRUCT_VALUE -> table(value.getStructValue());
            case LIST_VALUE -> {
                List<Object> list = new ArrayList<>();
                for (LuaValue each : value.getListValue().getValuesList()) {
                    Object element = value(each);
                    if (element == null) {
                        break;
                    }
                    list.add(element);
                }
                yield list.isEmpty() ? Map.of() : list;
            }
            case KIND_NOT_SET -> null;
        };
    }

    private interface Parse<M> {
        M get() throws InvalidProtocolBufferException;
    }

    private static <M> M read(Parse<M> parse) {
        try {
            return parse.get();
        } catch (InvalidProtocolBufferException e) {
            throw new LuaError("type mismatch: " + e.getMessage());
        }
    }
}
