package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;

/**
 * The newest revision of the schema of one event type. Thread-safe, immutable as long as nobody changes the JSON.
 *
 * <p>A type is {@code domain.aggregate.event.vMAJOR}; its topic is its first two parts.
 */
public final class EventSchema {
    private final JsonNode json;
    private final String type;
    private final int revision;
    private final SchemaValidator validator;

    private EventSchema(JsonNode json, Matcher id) {
        this.json = json;
        this.type = id.group(1);
        this.revision = Integer.parseInt(id.group(2));
        this.validator = new SchemaValidator(json);
    }

    /**
     * Reads a schema.
     *
     * @throws IllegalArgumentException with all findings when it is not in the {@link SchemaLanguage}
     */
    public static EventSchema of(JsonNode json) {
        List<Finding> findings = SchemaLanguage.check(json);
        Matcher id = SchemaLanguage.ID.matcher(json.path("$id").asText());
        if (!findings.isEmpty() || !id.matches()) {
            throw new IllegalArgumentException("This is no event schema: "
                    + String.join("; ", findings.stream().map(Finding::toString).toList()));
        }
        return new EventSchema(json, id);
    }

    /** Such as {@code sample.status.changed.v1}. */
    public String type() {
        return type;
    }

    /** From 1. */
    public int revision() {
        return revision;
    }

    /** The schema's own name with its revision, for the attribute {@code dataschema}. */
    public String uri() {
        return json.path("$id").asText();
    }

    /** The first two parts of the type, such as {@code sample.status}. */
    public String topic() {
        return topicOf(type);
    }

    /** The first two parts of a type. */
    static String topicOf(String type) {
        int first = type.indexOf('.');
        int second = type.indexOf('.', first + 1);
        return second < 0 ? type : type.substring(0, second);
    }

    /** Another name that follows the rule for types where the type itself does not. */
    public Optional<String> alias() {
        return text("x-alias");
    }

    /** The module that publishes it. */
    public String publisher() {
        return text("x-publisher").orElse("");
    }

    /** Where in the data the partition key stands ({@code /sampleId}), or the fixed key of all its events. */
    public Optional<String> keyRule() {
        return text("x-key");
    }

    /** The partition key that an event with these data must have; empty when the schema leaves it open. */
    public Optional<String> key(JsonNode data) {
        return keyRule().map(rule -> rule.startsWith("/") ? data.at(rule).asText() : rule);
    }

    /** The schema as it was read. */
    public JsonNode json() {
        return json;
    }

    /** The examples that stand in the schema. */
    public List<JsonNode> examples() {
        List<JsonNode> examples = new ArrayList<>();
        json.path("examples").forEach(examples::add);
        return examples;
    }

    /** Everything in the data that the reading forbids; empty when they are valid. */
    public List<Violation> violations(JsonNode data, Reading reading) {
        return validator.violations(data, reading);
    }

    /** The type with its revision. */
    @Override
    public String toString() {
        return type + " revision " + revision;
    }

    private Optional<String> text(String keyword) {
        return Optional.ofNullable(json.path(keyword).textValue());
    }
}
