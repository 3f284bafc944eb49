package io.gatewright.events.schema;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One schema made ready for checking in both readings. Thread-safe. Formats are checked, not only noted. */
final class SchemaValidator {
    private final Map<Reading, Schema> schemas = new EnumMap<>(Reading.class);

    /** The schema must be in the {@link SchemaLanguage}. */
    SchemaValidator(JsonNode schema) {
        for (Reading reading : Reading.values()) {
            SchemaRegistry registry = SchemaRegistry.withDialect(Dialects.getDraft202012());
            Schema ready = registry.getSchema(reading.of(schema));
            ready.initializeValidators();
            schemas.put(reading, ready);
        }
    }

    /** Everything that the reading forbids, in the order of the document; empty when it is valid. */
    List<Violation> violations(JsonNode document, Reading reading) {
        Schema schema = schemas.get(reading);
        if (schema == null) {
            throw new IllegalStateException("no schema for " + reading);
        }
        return schema.validate(document, SchemaValidator::withFormats).stream()
                .map(SchemaValidator::violation)
                .distinct()
                .toList();
    }

    private static void withFormats(ExecutionContext context) {
        context.executionConfig(config -> config.formatAssertionsEnabled(true));
    }

    private static Violation violation(Error error) {
        JsonPointer at = JsonPointer.compile(error.getInstanceLocation().toString());
        return switch (error.getKeyword()) {
            case "additionalProperties" ->
                new Violation(
                        at.appendProperty(error.getProperty()).toString(),
                        "is not declared; correct its name, or add it to the schema");
            case "required" -> new Violation(at.toString(), "lacks the member '" + error.getProperty() + "'");
            default -> new Violation(at.toString(), error.getMessage());
        };
    }
}
