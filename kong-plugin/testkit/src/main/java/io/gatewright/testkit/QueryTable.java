package io.gatewright.testkit;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Arguments of a query as Lua sees them: a name without a value is true. Immutable. */
final class QueryTable {
    private final Map<String, List<Object>> arguments = new LinkedHashMap<>();

    private QueryTable() {}

    static QueryTable of(@Nullable String query) {
        QueryTable table = new QueryTable();
        if (query == null || query.isEmpty()) {
            return table;
        }
        for (String part : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = decode(equals < 0 ? part : part.substring(0, equals));
            Object value = equals < 0 ? (Object) true : decode(part.substring(equals + 1));
            table.arguments.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
        return table;
    }

    /** The first value; a name without one raises, since true is not a text. */
    byte[] argument(String name) {
        List<Object> values = arguments.get(name);
        if (values == null) {
            return Replies.EMPTY;
        }
        if (values.getFirst() instanceof String text) {
            return Replies.text(text);
        }
        throw new LuaError("bad argument #2 to 'encode' (string expected, got boolean)");
    }

    Map<String, Object> table(int most) {
        Map<String, Object> table = new LinkedHashMap<>();
        arguments.entrySet().stream()
                .limit(most)
                .forEach(entry -> table.put(
                        entry.getKey(),
                        entry.getValue().size() == 1 ? entry.getValue().getFirst() : entry.getValue()));
        return table;
    }

    /** Sorted by name, as Kong writes it. */
    static String encode(Map<String, Object> table) {
        return new TreeMap<>(table)
                .entrySet().stream()
                        .flatMap(entry -> (entry.getValue() instanceof List<?> list ? list : List.of(entry.getValue()))
                                .stream().map(value -> pair(entry.getKey(), value)))
                        .collect(Collectors.joining("&"));
    }

    private static String pair(String name, Object value) {
        return value.equals(true) ? encode(name) : encode(name) + "=" + encode(value.toString());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.ISO_8859_1).replace("+", "%20");
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
