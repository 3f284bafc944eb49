package io.gatewright.settings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;

/**
 * A key of the catalogue. Immutable; compared by identity, since the {@link Catalog} makes each once.
 *
 * @param <T> the type of its values
 */
public final class Key<T> {
    private final int index;
    private final String name;
    private final ValueType<T> type;
    private final T defaultValue;
    private final Policy policy;
    private final String sentence;
    private final boolean sensitive;

    Key(int index, String name, ValueType<T> type, T defaultValue, Policy policy, String sentence, boolean sensitive) {
        this.index = index;
        this.name = name;
        this.type = type;
        this.defaultValue = defaultValue;
        this.policy = policy;
        this.sentence = sentence;
        this.sensitive = sensitive;
    }

    /** Its place in the catalogue, from 0. */
    int index() {
        return index;
    }

    public String name() {
        return name;
    }

    public ValueType<T> type() {
        return type;
    }

    public T defaultValue() {
        return defaultValue;
    }

    /** The policy it feeds. */
    public Policy policy() {
        return policy;
    }

    /** What it does, in one sentence. */
    public String sentence() {
        return sentence;
    }

    /** Whether a change of it needs a second person. */
    public boolean sensitive() {
        return sensitive;
    }

    /** Whether its values have an order, so that a scope can bound narrower ones by {@code min} and {@code max}. */
    public boolean ordered() {
        return type.order() != null;
    }

    /** JSON Schema (2020-12) of the body of a setting of this key. */
    public ObjectNode bodySchema() {
        return SettingFormat.schema(this);
    }

    /** The order of two values of this key, which must be {@link #ordered}. */
    @SuppressWarnings("unchecked") // both are of this key's type
    int compare(Object one, Object other) {
        Comparator<T> order = type.order();
        if (order == null) {
            throw new IllegalStateException(name + " has values without an order");
        }
        return order.compare((T) one, (T) other);
    }

    /** The value that counts when a scope says {@code narrower} and the scopes before it came to {@code broader}. */
    @SuppressWarnings("unchecked") // both come from this key's type
    Object merge(Object broader, Object narrower) {
        return type.merge((T) broader, (T) narrower);
    }

    @Override
    public String toString() {
        return name;
    }
}
