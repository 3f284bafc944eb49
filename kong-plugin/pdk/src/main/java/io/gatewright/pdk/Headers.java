package io.gatewright.pdk;

import com.google.protobuf.ByteString;
import io.gatewright.proto.kong.LuaEntry;
import io.gatewright.proto.kong.LuaList;
import io.gatewright.proto.kong.LuaTable;
import io.gatewright.proto.kong.LuaValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Headers: names without regard to case, each with one value or more. Immutable.
 *
 * <p>A value has one character for each byte (ISO-8859-1), so every value that a client can send survives. What comes from
 * Kong has lower-case names in no order.
 */
public final class Headers {
    private static final Headers NONE = new Headers(new LinkedHashMap<>());

    /** By lower-case name, in order; never changed after the construction. */
    private final Map<String, Entry> entries;

    private record Entry(String name, List<String> values) {}

    private Headers(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /** None. */
    public static Headers none() {
        return NONE;
    }

    /** One header. */
    public static Headers of(String name, String value) {
        return NONE.with(name, value);
    }

    /** Two headers; a repeated name gets two values. */
    public static Headers of(String name1, String value1, String name2, String value2) {
        return NONE.with(name1, value1).with(name2, value2);
    }

    /**
     * These and one value more.
     *
     * @throws IllegalArgumentException if the name is no token, or the value has a line break or a character over U+00FF
     */
    public Headers with(String name, String value) {
        Texts.headerName(name);
        Texts.headerValue(name, value);
        LinkedHashMap<String, Entry> more = new LinkedHashMap<>(entries);
        add(more, name, List.of(value));
        return new Headers(more);
    }

    /** These without the one of this name. */
    public Headers without(String name) {
        LinkedHashMap<String, Entry> fewer = new LinkedHashMap<>(entries);
        fewer.remove(key(name));
        return new Headers(fewer);
    }

    /** The first value, which may be empty; absent if there is no such header. */
    public Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /** All values; empty if there is no such header. */
    public List<String> all(String name) {
        Entry entry = entries.get(key(name));
        return entry == null ? List.of() : entry.values;
    }

    /** Whether there is such a header. */
    public boolean has(String name) {
        return entries.containsKey(key(name));
    }

    /** The names as they were written. */
    public List<String> names() {
        return entries.values().stream().map(Entry::name).toList();
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    static Headers from(LuaTable table) {
        LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
        for (LuaEntry field : table.getFieldsList()) {
            add(entries, Texts.header(field.getKey()), values(field.getValue()));
        }
        return new Headers(entries);
    }

    LuaTable toWire() {
        LuaTable.Builder table = LuaTable.newBuilder();
        entries.values()
                .forEach(entry -> table.addFields(LuaEntry.newBuilder()
                        .setKey(Texts.headerName(entry.name))
                        .setValue(value(entry.name, entry.values))));
        return table.build();
    }

    static LuaValue value(String name, String value) {
        return LuaValue.newBuilder()
                .setStringValue(Texts.headerValue(name, value))
                .build();
    }

    /** One as itself, several as a list. */
    static LuaValue value(String name, List<String> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("Header " + name + " has no value; clear it instead");
        }
        if (values.size() == 1) {
            return value(name, values.getFirst());
        }
        LuaList.Builder list = LuaList.newBuilder();
        values.forEach(each -> list.addValues(value(name, each)));
        return LuaValue.newBuilder().setListValue(list).build();
    }

    private static List<String> values(LuaValue value) {
        return switch (value.getKindCase()) {
            case LIST_VALUE ->
                value.getListValue().getValuesList().stream()
                        .map(Headers::scalar)
                        .toList();
            case NULL_VALUE, KIND_NOT_SET, STRUCT_VALUE -> List.of();
            case NUMBER_VALUE, STRING_VALUE, BOOL_VALUE -> List.of(scalar(value));
        };
    }

    private static String scalar(LuaValue value) {
        ByteString text = value.getStringValue();
        return switch (value.getKindCase()) {
            case NUMBER_VALUE -> number(value.getNumberValue());
            case BOOL_VALUE -> String.valueOf(value.getBoolValue());
            case STRING_VALUE, NULL_VALUE, KIND_NOT_SET, STRUCT_VALUE, LIST_VALUE -> Texts.header(text);
        };
    }

    /** Kong's own numbers, such as a content length, come as doubles. */
    private static String number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1L << 53
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private static void add(Map<String, Entry> entries, String name, List<String> values) {
        entries.merge(key(name), new Entry(name, values), (present, added) -> {
            List<String> both = new ArrayList<>(present.values);
            both.addAll(added.values);
            return new Entry(present.name, List.copyOf(both));
        });
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Headers that && byName().equals(that.byName());
    }

    @Override
    public int hashCode() {
        return byName().hashCode();
    }

    @Override
    public String toString() {
        return names().toString();
    }

    private Map<String, List<String>> byName() {
        Map<String, List<String>> result = new LinkedHashMap<>();
        entries.forEach((key, entry) -> result.put(key, entry.values));
        return result;
    }
}
