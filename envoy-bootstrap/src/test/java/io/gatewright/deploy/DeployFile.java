package io.gatewright.deploy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.gatewright.envoybootstrap.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files under {@code deploy} as they are. Stateless. */
final class DeployFile {
    static final Path ROOT = Checkout.directory();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());
    private static final Pattern SUBSTITUTION = Pattern.compile("\\$(\\$|\\{([^}]*)})");
    private static final Pattern ASKED = Pattern.compile("([A-Z_]+):\\?\\S.*");

    private DeployFile() {}

    static Path path(String name) {
        return ROOT.resolve("deploy").resolve(name);
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    static String text(String name) {
        return text(path(name));
    }

    /** The documents of a YAML file. A name that stands twice is an error. */
    static List<JsonNode> yaml(String name) {
        try (JsonParser parser = YAML.createParser(text(name))) {
            return YAML.readerFor(JsonNode.class).<JsonNode>readValues(parser).readAll();
        } catch (IOException e) {
            throw new AssertionError(name + " is not YAML: " + e.getMessage(), e);
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    /** The lines {@code NAME=VALUE} of an environment file. */
    static Map<String, String> environment(String name) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : text(name).lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                int end = line.indexOf('=');
                if (end < 1 || values.put(line.substring(0, end), line.substring(end + 1)) != null) {
                    throw new AssertionError(name + " has a line that is no NAME=VALUE of its own: " + line);
                }
            }
        }
        return values;
    }

    /**
     * A text of a compose file as the container gets it.
     *
     * @param asked gives a value for each <code>${NAME:?…}</code>; any other form of substitution is an error
     */
    static String substituted(String text, UnaryOperator<String> asked) {
        return SUBSTITUTION.matcher(text).replaceAll(match -> Matcher.quoteReplacement(value(match, asked)));
    }

    private static String value(MatchResult match, UnaryOperator<String> asked) {
        if (match.group(1).equals("$")) {
            return "$";
        }
        Matcher form = ASKED.matcher(match.group(2));
        if (!form.matches()) {
            throw new AssertionError(match.group() + " is not ${NAME:?what to set it to}");
        }
        return asked.apply(form.group(1));
    }
}
