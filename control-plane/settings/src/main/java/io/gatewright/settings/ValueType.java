package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The type of a key's values: how they are written, which are allowed, how scopes are merged. Implementations are
 * immutable.
 *
 * @param <T> the Java type
 */
public sealed interface ValueType<T>
        permits ScalarTypes.Bool,
                ScalarTypes.Choice,
                ScalarTypes.Whole,
                ScalarTypes.OptionalWhole,
                ScalarTypes.Time,
                ScalarTypes.OptionalText,
                SetType {

    /**
     * Reads a value.
     *
     * @throws BadValue when the JSON is not a value of this type; it says what to write instead
     */
    T read(JsonNode json) throws BadValue;

    /** Writes a value so that {@link #read} gives it back. */
    JsonNode write(T value);

    /** The type, unit and range in words, for messages and the reference. */
    String describe();

    /** JSON Schema (2020-12) of the written form. */
    ObjectNode schema();

    /** The value that counts when a narrower scope has one too. Replaces, unless the type says otherwise. */
    default T merge(T broader, T narrower) {
        return narrower;
    }

    /** The order of values, or null when they have none and hence no bounds. */
    default @Nullable Comparator<T> order() {
        return null;
    }

    /** How narrower scopes count, for the reference. */
    default String mergeRule() {
        return "replace";
    }

    /** A value that the type does not allow. */
    final class BadValue extends Exception {
        private static final long serialVersionUID = 1;

        BadValue(String message) {
            super(message, null, false, false);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
