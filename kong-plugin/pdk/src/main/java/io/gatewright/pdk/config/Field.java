package io.gatewright.pdk.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.gatewright.pdk.KongField;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One component of a config record. Immutable.
 *
 * @param name in Kong
 * @param defaultValue what Kong puts in; null if nothing
 */
record Field(
        String name,
        FieldType type,
        boolean optional,
        KongField traits,
        @Nullable JsonNode defaultValue) {
    private static final int SHORTEST_DESCRIPTION = 10;
    private static final int LONGEST_DESCRIPTION = 500;

    private record Unannotated(@KongField String any) {}

    private static final KongField NO_TRAITS =
            Unannotated.class.getRecordComponents()[0].getAnnotation(KongField.class);

    static Field of(RecordComponent component) {
        KongField annotation = component.getAnnotation(KongField.class);
        KongField traits = annotation == null ? NO_TRAITS : annotation;
        Type type = component.getGenericType();
        boolean optional = type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
        if (optional) {
            type = ((ParameterizedType) type).getActualTypeArguments()[0];
        }
        try {
            String name = traits.name().isEmpty() ? snakeCase(component.getName()) : traits.name();
            Field field = new Field(name, FieldType.of(type), optional, traits, null);
            field.check();
            return traits.defaultValue().isEmpty() ? field : field.withDefault();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Config record %s: %s %s"
                            .formatted(
                                    component.getDeclaringRecord().getSimpleName(),
                                    component.getName(),
                                    e.getMessage()),
                    e);
        }
    }

    /** Whether Kong refuses a config without it. */
    boolean isRequired() {
        return switch (type) {
            case FieldType.Items _, FieldType.Entries _ -> !optional && (traits.lenMin() > 0 || defaultValue != null);
            case FieldType.Text _,
                    FieldType.Truth _,
                    FieldType.Int _,
                    FieldType.LongInt _,
                    FieldType.Decimal _,
                    FieldType.Choice _,
                    FieldType.Nested _ -> !optional;
        };
    }

    private Field withDefault() {
        try {
            JsonNode value = type instanceof FieldType.Text || type instanceof FieldType.Choice
                    ? TextNode.valueOf(traits.defaultValue())
                    : ConfigRecord.JSON.readTree(traits.defaultValue());
            ConfigReader.read(type, value, name);
            return new Field(name, type, optional, traits, value);
        } catch (JsonProcessingException | ConfigProblem e) {
            throw new IllegalArgumentException(
                    "has the default '%s', which is no %s in JSON".formatted(traits.defaultValue(), type), e);
        }
    }

    /** What the traits of single values speak of: the elements of a list or a map, or the value itself. */
    private FieldType scalar() {
        return switch (type) {
            case FieldType.Items items -> items.element();
            case FieldType.Entries entries -> entries.value();
            case FieldType.Text _,
                    FieldType.Truth _,
                    FieldType.Int _,
                    FieldType.LongInt _,
                    FieldType.Decimal _,
                    FieldType.Choice _,
                    FieldType.Nested _ -> type;
        };
    }

    private void check() {
        boolean text = scalar() instanceof FieldType.Text;
        boolean number = scalar() instanceof FieldType.Int
                || scalar() instanceof FieldType.LongInt
                || scalar() instanceof FieldType.Decimal;
        int length = traits.description().length();
        require(
                length == 0 || (length >= SHORTEST_DESCRIPTION && length <= LONGEST_DESCRIPTION),
                "has a description of " + length + " characters; Kong wants 10 to 500");
        require(text || traits.oneOf().length == 0, "is no text, so oneOf means nothing");
        require(text || traits.match().isEmpty(), "is no text, so match means nothing");
        require(text || !traits.referenceable(), "is no text, so referenceable means nothing");
        require(text || !traits.encrypted(), "is no text, so encrypted means nothing");
        double[] between = traits.between();
        require(number || between.length == 0, "is no number, so between means nothing");
        require(
                between.length == 0 || (between.length == 2 && between[0] <= between[1]),
                "has a between that is not {least, greatest}");
        boolean hasLength =
                type instanceof FieldType.Text || type instanceof FieldType.Items || type instanceof FieldType.Entries;
        require(
                hasLength || (traits.lenMin() < 0 && traits.lenMax() < 0),
                "has no length, so lenMin and lenMax mean nothing");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static String snakeCase(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }
}
