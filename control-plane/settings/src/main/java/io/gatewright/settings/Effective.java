package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The values of all keys for one tenant and what. Immutable; equal when all values are. */
public final class Effective {
    private final Object[] values;

    private Effective(Object[] values) {
        this.values = values;
    }

    @SuppressWarnings("unchecked") // the builder put a value of the key's type there
    public <T> T get(Key<T> key) {
        return (T) values[key.index()];
    }

    /** All values by key name, in the order of the catalogue. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        Catalog.keys().forEach(key -> json.set(key.name(), json(key)));
        return json;
    }

    private JsonNode json(Key<?> key) {
        return SettingFormat.write(key, values[key.index()]);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Effective effective && Arrays.equals(values, effective.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    /** Goes from broad to narrow. One thread at a time. */
    static final class Builder {
        private static final Object[] DEFAULTS =
                Catalog.keys().stream().map(Key::defaultValue).toArray();
        private final Object[] values = DEFAULTS.clone();

        void narrow(Key<?> key, Object value) {
            values[key.index()] = key.merge(values[key.index()], value);
        }

        Effective build() {
            return new Effective(values);
        }
    }
}
