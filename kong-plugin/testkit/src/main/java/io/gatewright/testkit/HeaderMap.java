package io.gatewright.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Headers by lower-case name, in the order they came. One thread at a time. */
final class HeaderMap {
    private final Map<String, List<String>> values = new LinkedHashMap<>();

    HeaderMap() {}

    HeaderMap(Map<String, List<String>> from) {
        from.forEach((name, all) -> all.forEach(value -> add(name, value)));
    }

    HeaderMap copy() {
        return new HeaderMap(values);
    }

    @Nullable
    String first(String name) {
        List<String> all = values.get(lower(name));
        return all == null ? null : all.getFirst();
    }

    void set(String name, List<String> all) {
        values.put(lower(name), new ArrayList<>(all));
    }

    void add(String name, String value) {
        values.computeIfAbsent(lower(name), n -> new ArrayList<>()).add(value);
    }

    void remove(String name) {
        values.remove(lower(name));
    }

    void forEach(BiConsumer<String, String> each) {
        values.forEach((name, all) -> all.forEach(value -> each.accept(name, value)));
    }

    /** As a Lua table: one value alone, several as a list. At most that many. */
    Map<String, Object> table(int most) {
        Map<String, Object> table = new LinkedHashMap<>();
        values.entrySet().stream()
                .limit(most)
                .forEach(entry -> table.put(
                        entry.getKey(),
                        entry.getValue().size() == 1 ? entry.getValue().getFirst() : List.copyOf(entry.getValue())));
        return table;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
