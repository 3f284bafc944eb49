package io.gatewright.pdk.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A record that holds a plugin's config. Immutable.
 *
 * @param <C> the record
 */
public final class ConfigRecord<C extends Record> {
    static final ObjectMapper JSON = new ObjectMapper();

    private final Constructor<C> constructor;
    private final List<Field> fields;

    private ConfigRecord(Constructor<C> constructor, List<Field> fields) {
        this.constructor = constructor;
        this.fields = fields;
    }

    /**
     * Looks at a record.
     *
     * @throws IllegalArgumentException that names the component Kong could not have, and why
     */
    public static <C extends Record> ConfigRecord<C> of(Class<C> type) {
        RecordComponent[] components = type.getRecordComponents();
        List<Field> fields = Arrays.stream(components).map(Field::of).toList();
        if (fields.stream().map(Field::name).collect(Collectors.toSet()).size() < fields.size()) {
            throw new IllegalArgumentException("Config record %s has two components of one name in Kong: %s"
                    .formatted(
                            type.getSimpleName(),
                            fields.stream().map(Field::name).toList()));
        }
        try {
            Constructor<C> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return new ConfigRecord<>(constructor, fields);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(type + " has no canonical constructor", e);
        }
    }

    /**
     * Reads what Kong sends when it starts an instance. Kong's own keys and whatever else the record does not have are passed over.
     *
     * @param json an object, as UTF-8
     * @throws ConfigProblem that names the field
     */
    public C read(byte[] json) throws ConfigProblem {
        return read(parse(json));
    }

    /** Reads it once it is parsed. */
    public C read(JsonNode json) throws ConfigProblem {
        return read(json, "");
    }

    /**
     * Parses what Kong sends.
     *
     * @throws ConfigProblem if it is no JSON
     */
    public static JsonNode parse(byte[] json) throws ConfigProblem {
        try {
            JsonNode parsed = JSON.readTree(json);
            return parsed.isMissingNode() ? JsonNodeFactory.instance.objectNode() : parsed;
        } catch (JsonProcessingException e) {
            throw new ConfigProblem("", "is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new ConfigProblem("", "is no text in UTF-8: " + e.getMessage());
        }
    }

    List<Field> fields() {
        return fields;
    }

    C read(JsonNode json, String path) throws ConfigProblem {
        if (!json.isObject() && !(json.isArray() && json.isEmpty())) {
            throw new ConfigProblem(path, "has to be an object");
        }
        Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ConfigReader.read(fields.get(i), json, path);
        }
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new ConfigProblem(path, "is refused: " + e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The constructor was made accessible", e);
        }
    }
}
