package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object strictly and collects every problem instead of stopping at the first. A field that
 * is wrong reads as a harmless stand-in, so that the caller looks at the problems once, at the end. One thread at a time.
 */
final class Fields {
    private final JsonNode node;
    private final String path;
    private final List<Problem> problems;
    private final Set<String> read = new HashSet<>();

    Fields(JsonNode node, String path, List<Problem> problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
        if (!node.isObject()) {
            problems.add(new Problem(path, "is not a JSON object", "write an object in braces"));
        }
    }

    String text(String name, Pattern form, String fix) {
        String value = optionalText(name, form, fix);
        if (value == null) {
            require(name, fix);
            return "";
        }
        return value;
    }

    @Nullable
    String optionalText(String name, Pattern form, String fix) {
        JsonNode value = take(name);
        if (absent(value)) {
            return null;
        }
        if (!value.isTextual() || !form.matcher(value.textValue()).matches()) {
            add(name, "has a value that is not allowed", fix);
            return "";
        }
        return value.textValue();
    }

    boolean flag(String name, boolean otherwise) {
        JsonNode value = take(name);
        if (!absent(value) && !value.isBoolean()) {
            add(name, "is not true or false", "write true or false, without quotes");
        }
        return value.asBoolean(otherwise);
    }

    int number(String name, int min, int max) {
        JsonNode value = take(name);
        if (!value.isInt() || value.intValue() < min || value.intValue() > max) {
            add(name, "is not a number from " + min + " to " + max, "write such a number, without quotes");
            return min;
        }
        return value.intValue();
    }

    Duration duration(String name, Duration otherwise, Duration min, Duration max) {
        JsonNode value = take(name);
        if (absent(value)) {
            return otherwise;
        }
        try {
            Duration duration = Duration.parse(value.asText());
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // falls to the problem below
        }
        add(name, "is not a duration from " + min + " to " + max, "write an ISO 8601 duration such as PT5S");
        return otherwise;
    }

    @Nullable
    URI optionalUri(String name) {
        JsonNode value = take(name);
        if (absent(value)) {
            return null;
        }
        try {
            URI uri = new URI(value.asText());
            String scheme = uri.getScheme();
            if (uri.getHost() != null
                    && ("https".equals(scheme) || "http".equals(scheme))
                    && uri.getUserInfo() == null
                    && uri.getFragment() == null) {
                return uri;
            }
        } catch (java.net.URISyntaxException e) {
            // falls to the problem below
        }
        add(name, "is not an absolute http or https URL", "write it as https://host/path, without user or fragment");
        return URI.create("https://invalid.example");
    }

    URI uri(String name) {
        URI uri = optionalUri(name);
        if (uri == null) {
            require(name, "write the URL of the issuer");
            return URI.create("https://invalid.example");
        }
        return uri;
    }

    /** A list of texts, or {@code otherwise} when absent. */
    List<String> texts(String name, List<String> otherwise, Pattern form, String fix) {
        JsonNode value = take(name);
        if (absent(value)) {
            return otherwise;
        }
        List<String> texts = new ArrayList<>();
        if (!value.isArray()) {
            add(name, "is not a list", fix);
        }
        for (int i = 0; i < value.size(); i++) {
            JsonNode entry = value.get(i);
            if (entry.isTextual() && form.matcher(entry.textValue()).matches()) {
                texts.add(entry.textValue());
            } else {
                add(name + "[" + i + "]", "has a value that is not allowed", fix);
            }
        }
        if (new HashSet<>(texts).size() < texts.size()) {
            add(name, "names an entry twice", "write each entry once");
        }
        return List.copyOf(texts);
    }

    /** The objects of a list, each to be read and then {@link #done}. */
    List<Fields> objects(String name) {
        JsonNode value = take(name);
        List<Fields> objects = new ArrayList<>();
        if (!absent(value) && !value.isArray()) {
            add(name, "is not a list", "write a list of objects");
            return objects;
        }
        for (int i = 0; i < value.size(); i++) {
            objects.add(new Fields(value.get(i), at(name + "[" + i + "]"), problems));
        }
        return objects;
    }

    Fields object(String name) {
        JsonNode value = take(name);
        return new Fields(value, at(name), problems);
    }

    JsonNode any(String name) {
        return take(name);
    }

    void add(String name, String message, String fix) {
        problems.add(new Problem(at(name), message, fix));
    }

    /** Reports every field that nobody asked for. */
    void done() {
        node.fieldNames().forEachRemaining(name -> {
            if (!read.contains(name)) {
                add(
                        name,
                        "is not a field of this document",
                        "use one of " + String.join(", ", read.stream().sorted().toList()));
            }
        });
    }

    private void require(String name, String fix) {
        add(name, "is missing", fix);
    }

    private JsonNode take(String name) {
        read.add(name);
        JsonNode value = node.get(name);
        return value == null ? MissingNode.getInstance() : value;
    }

    private static boolean absent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
