package io.gatewright.events.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every event type there is: its schema, its topic, its other name, and who subscribes to it. Thread-safe, immutable.
 *
 * <p>It comes with the module, made from {@code proto/events}; {@code docs/EVENT_CATALOG.md} is the same for people.
 */
public final class SchemaCatalog {
    private static final String FOLDER = "/io/gatewright/proto/events/";

    private final EventSchema envelope;
    private final SortedMap<String, EventSchema> schemas;
    private final Map<String, String> aliases = new HashMap<>();
    private final List<DeclaredSubscription> subscriptions;

    private SchemaCatalog(EventSchema envelope, List<EventSchema> schemas, List<DeclaredSubscription> subscriptions) {
        this.envelope = envelope;
        this.schemas = new TreeMap<>();
        this.subscriptions = List.copyOf(subscriptions);
        for (EventSchema schema : schemas) {
            this.schemas.put(schema.type(), schema);
            schema.alias().ifPresent(alias -> aliases.put(alias, schema.type()));
        }
    }

    /**
     * The catalogue that comes with this module.
     *
     * @throws IllegalStateException when the module was put together badly
     */
    public static SchemaCatalog load() {
        JsonNode index = resource("catalogue.json");
        List<EventSchema> schemas = new ArrayList<>();
        index.path("types").forEach(type -> schemas.add(EventSchema.of(resource(type.asText() + ".json"))));
        List<DeclaredSubscription> subscriptions = new ArrayList<>();
        index.path("subscriptions")
                .forEach(entry -> subscriptions.add(new DeclaredSubscription(
                        entry.path("consumer").asText(),
                        entry.path("module").asText(),
                        SchemaLanguage.strings(entry.path("types")),
                        entry.path("purpose").asText())));
        return new SchemaCatalog(
                EventSchema.of(resource(index.path("envelope").asText() + ".json")), schemas, subscriptions);
    }

    private static JsonNode resource(String name) {
        try (InputStream stream = SchemaCatalog.class.getResourceAsStream(FOLDER + name)) {
            if (stream == null) {
                throw new IllegalStateException("the event catalogue lacks " + name + "; build the module again");
            }
            return SchemaJson.read(stream.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The schema of the envelope around every event. */
    public EventSchema envelope() {
        return envelope;
    }

    /** The schema of a type, by its name or its alias. */
    public Optional<EventSchema> find(String typeOrAlias) {
        return Optional.ofNullable(schemas.get(aliases.getOrDefault(typeOrAlias, typeOrAlias)));
    }

    /** All schemas, by the name of their type. */
    public List<EventSchema> schemas() {
        return List.copyOf(schemas.values());
    }

    /** All topics. */
    public SortedSet<String> topics() {
        SortedSet<String> topics = new TreeSet<>();
        schemas.values().forEach(schema -> topics.add(schema.topic()));
        return topics;
    }

    /** Who subscribes to what. */
    public List<DeclaredSubscription> subscriptions() {
        return subscriptions;
    }

    /**
     * Everything in a whole event, envelope and data, that the reading forbids; empty when it is valid. A producer must
     * also write the type by its own name, and the partition key that its schema asks for.
     *
     * @param json in the JSON format of CloudEvents, where an attribute that is null is the same as none
     */
    public List<Violation> violations(ObjectNode json, Reading reading) {
        JsonNode event = withoutNulls(json);
        List<Violation> violations = new ArrayList<>(envelope.violations(event, reading));
        if (!violations.isEmpty()) {
            return List.copyOf(violations);
        }
        String type = event.path("type").asText();
        EventSchema schema = find(type).orElse(null);
        if (schema == null) {
            return List.of(new Violation(
                    "/type", "'" + type + "' is not in the catalogue; it has " + String.join(", ", schemas.keySet())));
        }
        if (event.has("data")) {
            schema.violations(event.path("data"), reading).forEach(v -> violations.add(v.below("data")));
        } else if (!event.has("dataref")) {
            violations.add(new Violation("", "has neither data nor dataref"));
        }
        if (reading == Reading.PRODUCER && violations.isEmpty()) {
            violations.addAll(written(event, schema));
        }
        return List.copyOf(violations);
    }

    private static JsonNode withoutNulls(ObjectNode event) {
        List<String> nulls = event.propertyStream()
                .filter(entry -> entry.getValue().isNull() && !entry.getKey().equals("data"))
                .map(Map.Entry::getKey)
                .toList();
        return nulls.isEmpty() ? event : event.deepCopy().without(nulls);
    }

    private static List<Violation> written(JsonNode event, EventSchema schema) {
        List<Violation> violations = new ArrayList<>();
        String type = event.path("type").asText();
        if (!type.equals(schema.type())) {
            violations.add(new Violation("/type", "'" + type + "' is an alias; write '" + schema.type() + "'"));
        }
        if (event.has("sequence")) {
            violations.add(new Violation("/sequence", "is set by the log; leave it out"));
        }
        String schemaUri = event.path("dataschema").asText(schema.uri());
        if (!schemaUri.equals(schema.uri())) {
            violations.add(new Violation("/dataschema", "is not " + schema.uri() + "; name that or leave it out"));
        }
        if (event.has("data")) {
            String key = event.path("partitionkey").asText(event.path("subject").asText());
            schema.key(event.path("data"))
                    .filter(wanted -> !wanted.equals(key))
                    .ifPresent(wanted -> violations.add(new Violation(
                            "/partitionkey",
                            "'" + key + "' is not '" + wanted + "', the key that " + schema.type() + " has ("
                                    + schema.keyRule().orElse("") + ")")));
        }
        return violations;
    }
}
