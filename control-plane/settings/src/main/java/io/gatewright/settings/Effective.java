package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body.Setting;
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

    /** One value as JSON. */
    JsonNode json(Key<?> key) {
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
        private final @Nullable Resolving[] resolving = new Resolving[DEFAULTS.length];

        void narrow(Setting setting) {
            Key<?> key = setting.key();
            Resolving ofKey = resolving[key.index()];
            if (ofKey == null) {
                ofKey = new Resolving(key);
                resolving[key.index()] = ofKey;
            }
            ofKey.narrow(setting);
        }

        Effective build() {
            Object[] values = DEFAULTS.clone();
            for (int i = 0; i < values.length; i++) {
                Resolving ofKey = resolving[i];
                if (ofKey != null) {
                    values[i] = ofKey.value();
                }
            }
            return new Effective(values);
        }
    }
}
