package io.gatewright.settings;

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

    Key(int index, String name, ValueType<T> type, T defaultValue, Policy policy, String sentence) {
        this.index = index;
        this.name = name;
        this.type = type;
        this.defaultValue = defaultValue;
        this.policy = policy;
        this.sentence = sentence;
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
