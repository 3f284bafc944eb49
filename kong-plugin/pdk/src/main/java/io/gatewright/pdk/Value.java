package io.gatewright.pdk;

import com.google.protobuf.ByteString;
import io.gatewright.proto.kong.LuaEntry;
import io.gatewright.proto.kong.LuaList;
import io.gatewright.proto.kong.LuaTable;
import io.gatewright.proto.kong.LuaValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Lua value in one of Kong's contexts. Immutable.
 *
 * <p>Lua and the wire between lose some: Kong turns a {@code false} that it is sent into nil and an empty list into an empty
 * table, so {@code false} and nil are refused on the way to Kong ({@code clear} says nil; 0 and 1 or words say no and yes), and
 * an empty table coming from Kong may have been a list. All numbers are doubles.
 */
public sealed interface Value {
    /** Lua's nil: no value; what is absent is this. */
    record Nil() implements Value {
        private static final Nil INSTANCE = new Nil();
    }

    /** Text as it is in Lua: bytes. */
    record Text(ByteString bytes) implements Value {}

    /** A number. */
    record Numeric(double number) implements Value {}

    /** True or false. */
    record Flag(boolean flag) implements Value {}

    /** A table with names, in the order in which it came, which means nothing in Lua. */
    record Table(Map<String, Value> entries) implements Value {
        /** With a copy of the entries. */
        public Table {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    /** A list. */
    record Items(List<Value> values) implements Value {
        /** With a copy of the values. */
        public Items {
            values = List.copyOf(values);
        }
    }

    /** No value. */
    static Value nil() {
        return Nil.INSTANCE;
    }

    /** Text, sent as UTF-8. */
    static Value of(String text) {
        return new Text(ByteString.copyFromUtf8(text));
    }

    /** Bytes. */
    static Value of(byte[] bytes) {
        return new Text(ByteString.copyFrom(bytes));
    }

    /** A number. */
    static Value of(double number) {
        return new Numeric(number);
    }

    /** A list. */
    static Value of(List<Value> values) {
        return new Items(values);
    }

    /** A table. */
    static Value of(Map<String, Value> entries) {
        return new Table(entries);
    }

    /** Whether there is no value. */
    default boolean isNil() {
        return this instanceof Nil;
    }

    /** The text, if it is one: UTF-8, or one character for each byte if it is not that. */
    default Optional<String> asText() {
        return this instanceof Text(ByteString bytes) ? Optional.of(Texts.text(bytes)) : Optional.empty();
    }

    /** The number, if it is one. */
    default Optional<Double> asNumber() {
        return this instanceof Numeric(double number) ? Optional.of(number) : Optional.empty();
    }

    /** The entry of a table, nil if it is none or has none of this name. */
    default Value get(String name) {
        return this instanceof Table(var entries) ? entries.getOrDefault(name, nil()) : nil();
    }

    /** The members of a list; none if it is something else. */
    default List<Value> asList() {
        return this instanceof Items(var values) ? values : List.of();
    }

    /** From the wire. Whatever number nil has there. */
    static Value from(LuaValue value) {
        return switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> nil();
            case NUMBER_VALUE -> new Numeric(value.getNumberValue());
            case STRING_VALUE -> new Text(value.getStringValue());
            case BOOL_VALUE -> new Flag(value.getBoolValue());
            case STRUCT_VALUE -> from(value.getStructValue());
            case LIST_VALUE ->
                new Items(value.getListValue().getValuesList().stream()
                        .map(Value::from)
                        .toList());
        };
    }

    /** From the wire. */
    static Table from(LuaTable table) {
        Map<String, Value> entries = new LinkedHashMap<>();
        table.getFieldsList().forEach(field -> entries.put(Texts.text(field.getKey()), from(field.getValue())));
        return new Table(entries);
    }

    /**
     * For the wire.
     *
     * @throws IllegalArgumentException for what Kong would turn into something else
     */
    default LuaValue toWire() {
        LuaValue.Builder wire = LuaValue.newBuilder();
        switch (this) {
            case Nil() -> throw new IllegalArgumentException("Kong cannot be sent nil; use clear instead of set");
            case Flag(boolean flag) -> {
                if (!flag) {
                    throw new IllegalArgumentException("Kong makes nil of false; send 0 or a word instead");
                }
                wire.setBoolValue(true);
            }
            case Numeric(double number) -> wire.setNumberValue(number);
            case Text(ByteString bytes) -> wire.setStringValue(bytes);
            case Table(Map<String, Value> entries) -> {
                LuaTable.Builder table = wire.getStructValueBuilder();
                entries.forEach((name, value) -> table.addFields(
                        LuaEntry.newBuilder().setKey(Texts.bytes(name)).setValue(value.toWire())));
            }
            case Items(List<Value> values) -> {
                LuaList.Builder list = wire.getListValueBuilder();
                values.forEach(value -> list.addValues(value.toWire()));
            }
        }
        return wire.build();
    }
}
