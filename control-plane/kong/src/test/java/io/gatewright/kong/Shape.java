package io.gatewright.kong;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The fields of a record in Kong's schema, and which values each may have. Built once, then only read. */
final class Shape {
    private final Map<String, Field> fields = new LinkedHashMap<>();
    private final Set<String> required = new TreeSet<>();

    private record Field(Predicate<JsonNode> allowed, String wanted) {}

    Shape must(String name, Predicate<JsonNode> allowed, String wanted) {
        required.add(name);
        return may(name, allowed, wanted);
    }

    Shape may(String name, Predicate<JsonNode> allowed, String wanted) {
        fields.put(name, new Field(allowed, wanted));
        return this;
    }

    /** @param found gets field and message */
    void check(JsonNode record, BiConsumer<String, String> found) {
        required.stream()
                .filter(name -> !record.has(name))
                .forEach(name -> found.accept(name, "required field missing"));
        record.properties().forEach(entry -> {
            Field field = fields.get(entry.getKey());
            if (field == null) {
                found.accept(entry.getKey(), "unknown field");
            } else if (!field.allowed().test(entry.getValue())) {
                found.accept(entry.getKey(), "expected " + field.wanted());
            }
        });
    }

    static Predicate<JsonNode> text(String pattern) {
        Predicate<String> matches = Pattern.compile(pattern).asMatchPredicate();
        return json -> json.isTextual() && matches.test(json.asText());
    }

    static Predicate<JsonNode> oneOf(String... values) {
        Set<String> allowed = Set.of(values);
        return json -> json.isTextual() && allowed.contains(json.asText());
    }

    static Predicate<JsonNode> whole(long min, long max) {
        return json -> json.isIntegralNumber() && json.asLong() >= min && json.asLong() <= max;
    }

    static Predicate<JsonNode> flag() {
        return JsonNode::isBoolean;
    }

    static Predicate<JsonNode> list(Predicate<JsonNode> element) {
        return json -> {
            if (!json.isArray()) {
                return false;
            }
            for (JsonNode each : json) {
                if (!element.test(each)) {
                    return false;
                }
            }
            return true;
        };
    }
}
