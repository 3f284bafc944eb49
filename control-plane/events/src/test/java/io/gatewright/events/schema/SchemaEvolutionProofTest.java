package io.gatewright.events.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;

/**
 * Holds the checker against the validator, on random schemas, changes and documents. jqwik prints the seed; a failing run is
 * repeated with {@code @Property(seed = "…")}.
 */
final class SchemaEvolutionProofTest {
    @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
    @Label("39: what the checker accepts breaks no document in either direction")
    void acceptsNoChangeThatTheValidatorCanTell(@ForAll long seed) {
        Random random = new Random(seed);
        RandomSchemas schemas = new RandomSchemas(random);
        ObjectNode older = schemas.schema();
        assertThat(SchemaLanguage.check(older)).isEmpty();
        ObjectNode newer = new RandomChanges(random, schemas).next(older);
        SchemaValidator before = new SchemaValidator(older);
        SchemaValidator after = new SchemaValidator(newer);
        RandomDocuments documents = new RandomDocuments(random);
        List<JsonNode> samples = new ArrayList<>(documents.some(older));
        samples.addAll(documents.some(newer));

        boolean broken = false;
        for (JsonNode document : samples) {
            boolean wasWritten = valid(before, document, Reading.PRODUCER);
            boolean isWritten = valid(after, document, Reading.PRODUCER);
            assertThat(!wasWritten || valid(before, document, Reading.CONSUMER))
                    .as("whatever a producer writes, a consumer of the same revision reads: " + document)
                    .isTrue();
            broken |= wasWritten && !isWritten;
            broken |= wasWritten && !valid(after, document, Reading.CONSUMER);
            broken |= isWritten && !valid(before, document, Reading.CONSUMER);
        }
        List<Finding> findings = SchemaEvolution.check(older, newer);
        if (findings.isEmpty()) {
            assertThat(broken)
                    .as("accepted, but a document breaks%n%s%n%s", older, newer)
                    .isFalse();
        }
        Statistics.label("judgement")
                .collect(findings.isEmpty() ? "accepted" : broken ? "refused, with a witness" : "refused")
                .coverage(coverage -> {
                    coverage.check("accepted").percentage(share -> share > 15);
                    coverage.check("refused, with a witness").percentage(share -> share > 15);
                });
    }

    @Property(tries = 300)
    @Label("a schema adds to itself, and so does the same one under a higher revision")
    void acceptsWhatDidNotChange(@ForAll long seed) {
        ObjectNode schema = new RandomSchemas(new Random(seed)).schema();
        ObjectNode later = schema.deepCopy().put("$id", "urn:gatewright:event:a.b.happened.v1:7");

        assertThat(SchemaEvolution.check(schema, schema)).isEmpty();
        assertThat(SchemaEvolution.check(schema, later)).isEmpty();
        assertThat(SchemaEvolution.check(later, schema))
                .extracting(Finding::rule)
                .contains(Rule.REVISION);
    }

    private static boolean valid(SchemaValidator validator, JsonNode document, Reading reading) {
        return validator.violations(document, reading).isEmpty();
    }
}
