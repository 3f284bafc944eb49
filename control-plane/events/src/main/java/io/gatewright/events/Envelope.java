package io.gatewright.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of CloudEvents 1.0.2 (core, JSON format) for the members beside the data, and ours for type and sequence. */
final class Envelope {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]{1,20}");
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)+\\.v[1-9][0-9]{0,3}");
    private static final Pattern SEQUENCE = Pattern.compile("[0-9]{20}");
    private static final Set<String> DATA = Set.of("data", "data_base64");
    private static final Set<String> STRINGS =
            Set.of("subject", "datacontenttype", "tenantid", "orgid", "correlationid", "causationid", "partitionkey");

    private Envelope() {}

    static List<String> problems(ObjectNode event) {
        List<String> problems = new ArrayList<>();
        for (String name : List.of("specversion", "id", "source", "type")) {
            if (event.path(name).asText().isEmpty() || !event.path(name).isTextual()) {
                problems.add(name + " is required and must be a non-empty string");
            }
        }
        for (Map.Entry<String, JsonNode> member : event.properties()) {
            if (!DATA.contains(member.getKey())) {
                attribute(member.getKey(), member.getValue(), problems);
            }
        }
        if (event.has("data") && event.has("data_base64")) {
            problems.add("data and data_base64 exclude each other");
        }
        if (event.has("data_base64") && !event.get("data_base64").isTextual()) {
            problems.add("data_base64 must be a string");
        }
        return problems;
    }

    private static void attribute(String name, JsonNode value, List<String> problems) {
        if (!NAME.matcher(name).matches()) {
            problems.add("the attribute name " + printable(name) + " must have 1 to 20 lower-case letters or digits");
        } else if (value.isTextual()) {
            text(name, value.textValue(), problems);
        } else if (value.isIntegralNumber() ? !value.canConvertToInt() : !(value.isBoolean() || value.isNull())) {
            problems.add(name + " must be a string, a Boolean or an integer of 32 bits");
        } else if (!value.isNull()
                && (STRINGS.contains(name)
                        || Set.of("time", "dataschema", "sequence").contains(name))) {
            problems.add(name + " must be a string");
        }
    }

    private static void text(String name, String value, List<String> problems) {
        if (!isText(value)) {
            problems.add(name + " must not contain control characters, noncharacters or lone surrogates");
            return;
        }
        switch (name) {
            case "specversion" -> require(value.equals("1.0"), "specversion must be \"1.0\"", problems);
            case "type" ->
                require(
                        value.isEmpty() || TYPE.matcher(value).matches(),
                        "type must read <domain>.<aggregate>.<event>.v<major> in lower case, not " + value,
                        problems);
            case "source" -> require(isUri(value, false), "source must be a URI reference, not " + value, problems);
            case "dataschema" ->
                require(isUri(value, true), "dataschema must be an absolute URI, not " + value, problems);
            case "time" -> require(isTime(value), "time must be a timestamp of RFC 3339, not " + value, problems);
            case "sequence" ->
                require(SEQUENCE.matcher(value).matches(), "sequence must have 20 digits, not " + value, problems);
            default -> require(!value.isEmpty() || !STRINGS.contains(name), name + " must not be empty", problems);
        }
    }

    static boolean isText(String value) {
        return value.codePoints().noneMatch(Envelope::forbidden);
    }

    private static void require(boolean fine, String problem, List<String> problems) {
        if (!fine) {
            problems.add(problem);
        }
    }

    /** What the type system of CloudEvents keeps out of strings. */
    private static boolean forbidden(int c) {
        return Character.isISOControl(c)
                || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                || (c >= 0xFDD0 && c <= 0xFDEF)
                || (c & 0xFFFE) == 0xFFFE;
    }

    private static boolean isUri(String value, boolean absolute) {
        try {
            return new URI(value).isAbsolute() || !absolute;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isTime(String value) {
        try {
            return value.equals(value.strip()) && OffsetDateTime.parse(value) != null;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static String printable(String name) {
        return name.codePoints()
                .limit(40)
                .map(c -> forbidden(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
