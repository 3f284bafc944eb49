package io.gatewright.pdk.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads values as Lua's JSON writes them: an empty list may be an empty object and the other way round, and an integer may have an
 * exponent. Pure.
 */
final class ConfigReader {
    private ConfigReader() {}

    /** The value of a field in this object. */
    static Object read(Field field, JsonNode object, String path) throws ConfigProblem {
        String name = path.isEmpty() ? field.name() : path + "." + field.name();
        JsonNode json = object.path(field.name());
        if ((json.isMissingNode() || json.isNull()) && field.defaultValue() != null) {
            json = field.defaultValue();
        }
        boolean absent = json.isMissingNode() || json.isNull();
        if (field.optional()) {
            return absent ? Optional.empty() : Optional.of(read(field.type(), json, name));
        }
        return absent ? absent(field, name) : read(field.type(), json, name);
    }

    static Object read(FieldType type, JsonNode json, String name) throws ConfigProblem {
        return switch (type) {
            case FieldType.Text() -> {
                require(json.isTextual(), name, "has to be a text");
                yield json.textValue();
            }
            case FieldType.Truth() -> {
                require(json.isBoolean(), name, "has to be true or false");
                yield json.booleanValue();
            }
            case FieldType.Int() -> (int) whole(json, Integer.MIN_VALUE, Integer.MAX_VALUE, name);
            case FieldType.LongInt() -> whole(json, -FieldType.LongInt.LARGEST, FieldType.LongInt.LARGEST, name);
            case FieldType.Decimal() -> {
                require(json.isNumber(), name, "has to be a number");
                yield json.doubleValue();
            }
            case FieldType.Choice(List<Enum<?>> constants) -> constant(constants, json, name);
            case FieldType.Items(FieldType element, boolean unique) -> items(element, unique, json, name);
            case FieldType.Entries(FieldType value) -> entries(value, json, name);
            case FieldType.Nested(ConfigRecord<?> fields) -> fields.read(json, name);
        };
    }

    private static Object absent(Field field, String name) throws ConfigProblem {
        return switch (field.type()) {
            case FieldType.Items items -> items.unique() ? Set.of() : List.of();
            case FieldType.Entries _ -> Map.of();
            case FieldType.Nested(ConfigRecord<?> fields) -> fields.read(JsonNodeFactory.instance.objectNode(), name);
            case FieldType.Text _,
                    FieldType.Truth _,
                    FieldType.Int _,
                    FieldType.LongInt _,
                    FieldType.Decimal _,
                    FieldType.Choice _ -> throw new ConfigProblem(name, "is missing");
        };
    }

    private static long whole(JsonNode json, long least, long greatest, String name) throws ConfigProblem {
        double value = json.doubleValue();
        require(
                json.isNumber() && value == Math.rint(value) && value >= least && value <= greatest,
                name,
                "has to be a whole number from %d to %d".formatted(least, greatest));
        return json.isIntegralNumber() ? json.longValue() : (long) value;
    }

    private static Enum<?> constant(List<Enum<?>> constants, JsonNode json, String name) throws ConfigProblem {
        for (Enum<?> constant : constants) {
            if (json.isTextual() && FieldType.Choice.name(constant).equals(json.textValue())) {
                return constant;
            }
        }
        throw new ConfigProblem(
                name,
                "has to be one of "
                        + constants.stream().map(FieldType.Choice::name).toList());
    }

    private static Object items(FieldType element, boolean unique, JsonNode json, String name) throws ConfigProblem {
        require(json.isArray() || (json.isObject() && json.isEmpty()), name, "has to be a list");
        List<Object> values = new ArrayList<>(json.size());
        for (int i = 0; i < json.size(); i++) {
            values.add(read(element, json.path(i), "%s[%d]".formatted(name, i)));
        }
        return unique ? Collections.unmodifiableSet(new LinkedHashSet<>(values)) : List.copyOf(values);
    }

    private static Object entries(FieldType value, JsonNode json, String name) throws ConfigProblem {
        require(json.isObject() || (json.isArray() && json.isEmpty()), name, "has to be an object");
        Map<String, Object> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            entries.put(entry.getKey(), read(value, entry.getValue(), name + "." + entry.getKey()));
        }
        return Collections.unmodifiableMap(entries);
    }

    private static void require(boolean holds, String name, String what) throws ConfigProblem {
        if (!holds) {
            throw new ConfigProblem(name, what);
        }
    }
}
