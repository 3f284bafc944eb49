package io.gatewright.guard.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Field lines of a message in their order (RFC 9110 §5), repeated ones kept apart. Names are lower case. Values are octets, one
 * character of a String each (ISO 8859-1), so that what came in goes out. Immutable.
 */
public record Fields(List<Field> lines) {
    private static final Fields NONE = new Fields(List.of());

    /** One line. Lowers the name, keeps the value. */
    public record Field(String name, String value) {
        public Field {
            name = name.toLowerCase(Locale.ROOT);
            Objects.requireNonNull(value);
        }
    }

    public Fields {
        lines = List.copyOf(lines);
    }

    public static Fields none() {
        return NONE;
    }

    /** Alternating names and values. */
    public static Fields of(String... namesAndValues) {
        List<Field> lines = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            lines.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
        }
        return new Fields(lines);
    }

    /** The value of the first line of that name (lower case), or an empty String. */
    public String first(String name) {
        for (Field line : lines) {
            if (line.name().equals(name)) {
                return line.value();
            }
        }
        return "";
    }

    /** The values of all lines of that name (lower case), in order. */
    public List<String> all(String name) {
        return lines.stream()
                .filter(line -> line.name().equals(name))
                .map(Field::value)
                .toList();
    }

    public boolean has(String name) {
        return lines.stream().anyMatch(line -> line.name().equals(name));
    }

    /** With one more line at the end. */
    public Fields plus(String name, String value) {
        List<Field> more = new ArrayList<>(lines);
        more.add(new Field(name, value));
        return new Fields(more);
    }

    /** With that line instead of all of its name. */
    public Fields with(String name, String value) {
        return without(Set.of(name)).plus(name, value);
    }

    /** Without the lines of these names (lower case). */
    public Fields without(Set<String> names) {
        return where(line -> !names.contains(line.name()));
    }

    /** Only those lines. */
    public Fields where(Predicate<Field> kept) {
        return new Fields(lines.stream().filter(kept).toList());
    }
}
