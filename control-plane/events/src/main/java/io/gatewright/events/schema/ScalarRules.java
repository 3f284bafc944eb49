package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The part of the {@link SchemaLanguage} about texts, numbers and how many. Complains by place and message. */
final class ScalarRules {
    private static final Set<String> FORMATS =
            Set.of("date-time", "date", "time", "duration", "uuid", "uri", "uri-reference", "email");

    private final BiConsumer<Place, String> complaints;

    ScalarRules(BiConsumer<Place, String> complaints) {
        this.complaints = complaints;
    }

    void text(Place place) {
        JsonNode node = place.node();
        counts(place, "minLength", "maxLength");
        if (node.has("enum") && (node.path("enum").isEmpty() || node.has("const"))) {
            complaints.accept(place.at("enum"), "needs at least one word and no const beside it");
        }
        if (node.has("x-open-enum") && !(node.path("x-open-enum").isBoolean() && node.has("enum"))) {
            complaints.accept(place.at("x-open-enum"), "is true or false, beside an enum");
        }
        if (node.has("const") && !node.path("const").isTextual()) {
            complaints.accept(place.at("const"), "is not a text");
        }
        if (node.has("format") && !FORMATS.contains(node.path("format").asText())) {
            complaints.accept(place.at("format"), "is none of " + String.join(", ", new TreeSet<>(FORMATS)));
        }
        if (node.has("pattern")) {
            try {
                Pattern.compile(node.path("pattern").asText());
            } catch (PatternSyntaxException e) {
                complaints.accept(place.at("pattern"), "is no regular expression: " + e.getDescription());
            }
        }
    }

    void number(Place place, String type) {
        JsonNode constant = place.node().path("const");
        if (!constant.isMissingNode()
                && !(type.equals("boolean") ? constant.isBoolean() : constant.isIntegralNumber())) {
            complaints.accept(place.at("const"), "is not of type " + type);
        }
        range(
                place,
                "minimum",
                "maximum",
                place.node().path("minimum").isNumber(),
                place.node().path("maximum").isNumber());
    }

    void counts(Place place, String least, String most) {
        range(
                place,
                least,
                most,
                isCount(place.node().path(least)),
                isCount(place.node().path(most)));
    }

    private void range(Place place, String least, String most, boolean goodLeast, boolean goodMost) {
        JsonNode node = place.node();
        if ((node.has(least) && !goodLeast) || (node.has(most) && !goodMost)) {
            complaints.accept(place.at(goodLeast ? most : least), "is not a number that can bound this");
        } else if (node.has(least)
                && node.has(most)
                && node.path(least).decimalValue().compareTo(node.path(most).decimalValue()) > 0) {
            complaints.accept(place.at(least), "is above " + most + ", so nothing fits");
        }
    }

    private static boolean isCount(JsonNode value) {
        return value.isInt() && value.intValue() >= 0;
    }
}
