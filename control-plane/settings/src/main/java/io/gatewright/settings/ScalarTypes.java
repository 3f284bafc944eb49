package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The types of single values. All immutable. */
final class ScalarTypes {
    private ScalarTypes() {}

    private static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    /** The node that a parser makes of the number, so that what is written equals what was read. */
    private static JsonNode number(long value) {
        return value == (int) value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
    }

    /** {@code true} or {@code false}. */
    record Bool() implements ValueType<Boolean> {
        @Override
        public Boolean read(JsonNode json) throws BadValue {
            if (!json.isBoolean()) {
                throw new BadValue("is not true or false");
            }
            return json.booleanValue();
        }

        @Override
        public JsonNode write(Boolean value) {
            return BooleanNode.valueOf(value);
        }

        @Override
        public String describe() {
            return "true or false";
        }

        @Override
        public ObjectNode schema() {
            return typed("boolean");
        }
    }

    /** One of some words. */
    record Choice(List<String> words) implements ValueType<String> {
        @Override
        public String read(JsonNode json) throws BadValue {
            if (!json.isTextual() || !words.contains(json.textValue())) {
                throw new BadValue("is not one of the allowed words");
            }
            return json.textValue();
        }

        @Override
        public JsonNode write(String value) {
            return TextNode.valueOf(value);
        }

        @Override
        public String describe() {
            return "one of " + String.join(", ", words);
        }

        @Override
        public ObjectNode schema() {
            ObjectNode schema = typed("string");
            words.forEach(schema.putArray("enum")::add);
            return schema;
        }
    }

    /** A whole number within a range, in a unit. */
    record Whole(long min, long max, String unit) implements ValueType<Long> {
        @Override
        public Long read(JsonNode json) throws BadValue {
            if (!json.canConvertToExactIntegral() || !json.canConvertToLong()) {
                throw new BadValue("is not a whole number");
            }
            long value = json.longValue();
            if (value < min || value > max) {
                throw new BadValue(value + " is out of range");
            }
            return value;
        }

        @Override
        public JsonNode write(Long value) {
            return number(value);
        }

        @Override
        public String describe() {
            return "a whole number of " + unit + ", " + min + " to " + max;
        }

        @Override
        public Comparator<Long> order() {
            return Comparator.naturalOrder();
        }

        @Override
        public ObjectNode schema() {
            return typed("integer").put("minimum", min).put("maximum", max);
        }
    }

    /** A whole number within a range, or {@code "none"}, which counts as greater than every number. */
    record OptionalWhole(Whole whole) implements ValueType<OptionalLong> {
        @Override
        public OptionalLong read(JsonNode json) throws BadValue {
            return json.isTextual() && json.textValue().equals("none")
                    ? OptionalLong.empty()
                    : OptionalLong.of(whole.read(json));
        }

        @Override
        public JsonNode write(OptionalLong value) {
            return value.isPresent() ? number(value.getAsLong()) : TextNode.valueOf("none");
        }

        @Override
        public String describe() {
            return whole.describe() + ", or none";
        }

        @Override
        public Comparator<OptionalLong> order() {
            return Comparator.comparingLong(value -> value.orElse(Long.MAX_VALUE));
        }

        @Override
        public ObjectNode schema() {
            ObjectNode schema = JsonNodeFactory.instance.objectNode();
            schema.putArray("anyOf")
                    .add(whole.schema())
                    .add(JsonNodeFactory.instance.objectNode().put("const", "none"));
            return schema;
        }
    }

    /**
     * A text of some form, or {@code "none"}.
     *
     * @param form must not match {@code none}
     * @param words the form in words
     */
    record OptionalText(Pattern form, String words) implements ValueType<Optional<String>> {
        private static final String NONE = "none";

        @Override
        public Optional<String> read(JsonNode json) throws BadValue {
            if (!json.isTextual()) {
                throw new BadValue("is not text");
            }
            if (json.textValue().equals(NONE)) {
                return Optional.empty();
            }
            if (!form.matcher(json.textValue()).matches()) {
                throw new BadValue("has another form");
            }
            return Optional.of(json.textValue());
        }

        @Override
        public JsonNode write(Optional<String> value) {
            return TextNode.valueOf(value.orElse(NONE));
        }

        @Override
        public String describe() {
            return words + ", or none";
        }

        @Override
        public ObjectNode schema() {
            return typed("string").put("pattern", "^(?:" + NONE + "|" + form + ")$");
        }
    }

    /** An ISO 8601 duration within a range, or one of a few when {@code allowed} is not empty. */
    record Time(Duration min, Duration max, List<Duration> allowed) implements ValueType<Duration> {
        @Override
        public Duration read(JsonNode json) throws BadValue {
            if (!json.isTextual()) {
                throw new BadValue("is not an ISO 8601 duration in quotes");
            }
            Duration value;
            try {
                value = Duration.parse(json.textValue());
            } catch (DateTimeParseException e) {
                throw new BadValue("is not an ISO 8601 duration such as PT1M");
            }
            boolean fits = allowed.isEmpty()
                    ? value.compareTo(min) >= 0 && value.compareTo(max) <= 0
                    : allowed.contains(value);
            if (!fits) {
                throw new BadValue(value + " is out of range");
            }
            return value;
        }

        @Override
        public JsonNode write(Duration value) {
            return TextNode.valueOf(value.toString());
        }

        @Override
        public String describe() {
            return allowed.isEmpty()
                    ? "an ISO 8601 duration, " + min + " to " + max
                    : "one of the ISO 8601 durations "
                            + String.join(
                                    ", ",
                                    allowed.stream().map(Duration::toString).toList());
        }

        @Override
        public Comparator<Duration> order() {
            return Comparator.naturalOrder();
        }

        @Override
        public ObjectNode schema() {
            ObjectNode schema = typed("string").put("format", "duration");
            if (!allowed.isEmpty()) {
                allowed.forEach(d -> schema.withArray("enum").add(d.toString()));
            }
            return schema;
        }
    }
}
