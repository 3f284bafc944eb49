package io.gatewright.pdk.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a component of a config record is, in Java and in Kong. Immutable. */
sealed interface FieldType {
    /** Kong's string. */
    record Text() implements FieldType {}

    /** Kong's boolean. */
    record Truth() implements FieldType {}

    /** Kong's integer, in the range that Java's int has. */
    record Int() implements FieldType {}

    /** Kong's integer, in the range that a Lua number counts without gaps. */
    record LongInt() implements FieldType {
        static final long LARGEST = 1L << 53;
    }

    /** Kong's number. */
    record Decimal() implements FieldType {}

    /** Kong's string that is one of some. */
    record Choice(List<Enum<?>> constants) implements FieldType {
        static String name(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Kong's array, or set if it has each element once. */
    record Items(FieldType element, boolean unique) implements FieldType {}

    /** Kong's map from strings. */
    record Entries(FieldType value) implements FieldType {}

    /** Kong's record. */
    record Nested(ConfigRecord<?> fields) implements FieldType {}

    /**
     * The type for a type of Java.
     *
     * @throws IllegalArgumentException if there is none; the message lists those that there are
     */
    static FieldType of(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] args = generic.getActualTypeArguments();
            Type raw = generic.getRawType();
            if (raw == List.class || raw == Set.class) {
                return new Items(of(args[0]), raw == Set.class);
            }
            if (raw == Map.class && args[0] == String.class) {
                return new Entries(of(args[1]));
            }
        }
        if (type instanceof Class<?> plain) {
            if (plain == String.class) {
                return new Text();
            }
            if (plain == boolean.class || plain == Boolean.class) {
                return new Truth();
            }
            if (plain == int.class || plain == Integer.class) {
                return new Int();
            }
            if (plain == long.class || plain == Long.class) {
                return new LongInt();
            }
            if (plain == double.class || plain == Double.class) {
                return new Decimal();
            }
            if (plain.isEnum()) {
                return new Choice(Arrays.stream(plain.getEnumConstants())
                        .<Enum<?>>map(constant -> (Enum<?>) constant)
                        .toList());
            }
            if (plain.isRecord()) {
                return new Nested(ConfigRecord.of(plain.asSubclass(Record.class)));
            }
        }
        throw new IllegalArgumentException(
                "is a " + type.getTypeName()
                        + "; Kong has String, boolean, int, long, double, an enum, a record, List, Set and Map<String, ...> of these, and Optional of all that");
    }
}
