package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body.Setting;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of settings: the id is {@code <scope>/<key>}, the body holds the value and what narrower scopes may make of
 * it.
 */
final class SettingFormat {
    private SettingFormat() {}

    static @Nullable Setting read(String id, JsonNode json, List<Problem> problems) {
        int slash = id.lastIndexOf('/');
        Optional<Scope> scope = Scope.parse(slash < 0 ? "" : id.substring(0, slash));
        String name = id.substring(slash + 1);
        Key<?> key = Catalog.find(name);
        if (scope.isEmpty()) {
            problems.add(new Problem("scope", "is not a scope", "write " + Scope.FORMS));
        }
        if (key == null) {
            problems.add(new Problem("key", name + " is not a key", "did you mean " + nearest(name) + "?"));
        }
        if (key == null || scope.isEmpty()) {
            return null;
        }
        int before = problems.size();
        Fields fields = new Fields(json, "", problems);
        Setting setting = new Setting(
                scope.get(),
                key,
                json.has("value") || !(json.has("min") || json.has("max")) ? read(fields, key, "value", false) : null,
                new Restriction(
                        fields.flag("locked", false),
                        json.has("min") ? read(fields, key, "min", true) : null,
                        json.has("max") ? read(fields, key, "max", true) : null));
        fields.any("value"); // is a field of this document also where it was left out
        fields.any("min");
        fields.any("max");
        fields.done();
        if (problems.size() == before) {
            check(setting, fields);
        }
        return setting;
    }

    private static @Nullable Object read(Fields fields, Key<?> key, String field, boolean bound) {
        if (bound && !key.ordered()) {
            fields.any(field);
            fields.add(
                    field,
                    "does not fit this key: its values have no order",
                    "leave it out; locked keeps narrower scopes from setting it");
            return null;
        }
        try {
            Object value = key.type().read(fields.any(field));
            if (bound && value.equals(OptionalLong.empty())) {
                throw new ValueType.BadValue("is no bound, since none is greater than every number");
            }
            return value;
        } catch (ValueType.BadValue e) {
            fields.add(field, e.getMessage(), "write " + key.type().describe());
            return null;
        }
    }

    private static void check(Setting setting, Fields fields) {
        Key<?> key = setting.key();
        Object value = setting.value();
        Restriction restriction = setting.restriction();
        Object min = restriction.min();
        Object max = restriction.max();
        if (restriction.restricts() && setting.scope().narrowest()) {
            String field = restriction.locked() ? "locked" : min != null ? "min" : "max";
            fields.add(field, "forbids nobody anything: no scope is narrower", "leave it out");
        }
        if (restriction.locked() && value == null) {
            fields.add("locked", "has no value that it could keep", "write the value that shall count below");
        }
        if (min != null && max != null && key.compare(min, max) > 0) {
            fields.add("min", text(key, min) + " is above max " + text(key, max), "write a min that is at most max");
        } else if (value != null && min != null && key.compare(value, min) < 0) {
            fields.add(
                    "value", text(key, value) + " is below min " + text(key, min), "write a value within the bounds");
        } else if (value != null && max != null && key.compare(value, max) > 0) {
            fields.add(
                    "value", text(key, value) + " is above max " + text(key, max), "write a value within the bounds");
        }
    }

    static void write(Setting setting, ObjectNode json) {
        Key<?> key = setting.key();
        Restriction restriction = setting.restriction();
        if (setting.value() != null) {
            json.set("value", write(key, setting.value()));
        }
        if (restriction.locked()) {
            json.put("locked", true);
        }
        if (restriction.min() != null) {
            json.set("min", write(key, restriction.min()));
        }
        if (restriction.max() != null) {
            json.set("max", write(key, restriction.max()));
        }
    }

    /** JSON Schema of the body of a setting of that key. */
    static ObjectNode schema(Key<?> key) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        properties.set("value", key.type().schema());
        properties.putObject("locked").put("type", "boolean");
        if (key.ordered()) {
            properties.set("min", key.type().schema());
            properties.set("max", key.type().schema());
            ArrayNode oneOfThem = schema.putArray("anyOf");
            List.of("value", "min", "max")
                    .forEach(name -> oneOfThem.addObject().putArray("required").add(name));
        } else {
            schema.putArray("required").add("value");
        }
        return schema.put("additionalProperties", false);
    }

    /** A value as people write it. */
    static String text(Key<?> key, Object value) {
        JsonNode json = write(key, value);
        return json.isValueNode() ? json.asText() : json.toString();
    }

    @SuppressWarnings("unchecked") // a setting's value was made by its key's type
    static <T> JsonNode write(Key<T> key, Object value) {
        return key.type().write((T) value);
    }

    private static String nearest(String name) {
        return Catalog.keys().stream()
                .map(Key::name)
                .min(java.util.Comparator.comparingInt(candidate -> distance(name, candidate)))
                .orElseThrow();
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
