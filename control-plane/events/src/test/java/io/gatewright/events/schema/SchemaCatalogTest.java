package io.gatewright.events.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.events.CloudEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SchemaCatalogTest {
    private static final SchemaCatalog CATALOG = SchemaCatalog.load();
    private static final CatalogCheck CHECK = new CatalogCheck(CATALOG);

    static Stream<EventSchema> schemas() {
        return Stream.concat(Stream.of(CATALOG.envelope()), CATALOG.schemas().stream());
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void examplesAreValidInBothReadings(EventSchema schema) {
        assertThat(schema.examples()).as(schema.type()).isNotEmpty();
        for (JsonNode example : schema.examples()) {
            assertThat(schema.violations(example, Reading.PRODUCER)).isEmpty();
            assertThat(schema.violations(example, Reading.CONSUMER)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void everyMemberSaysWhatItIs(EventSchema schema) {
        assertThat(schema.json().path("description").asText()).isNotBlank();
        assertThat(schema.publisher()).isNotBlank();
        assertThat(undescribed(schema.json())).as(schema.type()).isEmpty();
    }

    private static List<String> undescribed(JsonNode schema) {
        return schema.findValues("properties").stream()
                .flatMap(JsonNode::propertyStream)
                .filter(member -> member.getValue().path("description").asText().isBlank())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void topicIsTheFirstTwoPartsAsTheLogHasIt() {
        for (EventSchema schema : CATALOG.schemas()) {
            CloudEvent event = event(schema).build();
            assertThat(event.topic()).isEqualTo(schema.topic());
        }
        assertThat(CATALOG.topics())
                .containsExactlyElementsOf(new TreeSet<>(List.of(
                        "credit.checked",
                        "gateway.request",
                        "policy.applied",
                        "policy.rejected",
                        "sample.status",
                        "settings.revision",
                        "trial.phase")));
    }

    @Test
    void knowsATypeByItsAliasButLetsNobodyWriteIt() {
        EventSchema credit = CATALOG.find("credit.checked.v1").orElseThrow();

        assertThat(CATALOG.find("credit.check.completed.v1")).contains(credit);
        assertThat(CHECK.problems(event(credit, "credit.check.completed.v1").build()))
                .containsExactly("/type 'credit.check.completed.v1' is an alias; write 'credit.checked.v1'");
        assertThat(CATALOG.violations(
                        event(credit, "credit.check.completed.v1").build().json(), Reading.CONSUMER))
                .isEmpty();
    }

    @Test
    @DisplayName("40: an unknown type is a problem of the event")
    void refusesAnUnknownType() {
        CloudEvent event = CloudEvent.of("sample.status.chagned.v1", "urn:x")
                .data(Given.json("{}"))
                .build();

        assertThat(CHECK.problems(event)).hasSize(1);
        assertThat(CHECK.problems(event).getFirst())
                .startsWith("/type 'sample.status.chagned.v1' is not in the catalogue; it has credit.checked.v1, ");
    }

    @Test
    @DisplayName("40: bad data are problems of the event, each with its pointer")
    void refusesDataThatTheSchemaForbids() {
        EventSchema schema = CATALOG.find("trial.phase.started.v1").orElseThrow();
        JsonNode data = Given.json("""
                {'trialId':'T-1','startedAt':'yesterday','plannedEnd':7,'sites':[{'siteId':'s','contry':'DE'}]}""");

        assertThat(CHECK.problems(event(schema).data(data).build()))
                .containsExactlyInAnyOrder(
                        "/data lacks the member 'phase'",
                        "/data/startedAt does not match the date-time pattern must be a valid RFC 3339 date-time",
                        "/data/plannedEnd integer found, string expected",
                        "/data/sites/0/contry is not declared; correct its name, or add it to the schema");
    }

    @Test
    void patternsEndWhereTheTextEnds() {
        EventSchema schema = CATALOG.find("trial.phase.started.v1").orElseThrow();
        JsonNode data = Given.json("""
                {'trialId':'T-1','phase':'p','startedAt':'2026-11-02T08:00:00Z','sites':[{'siteId':'s','country':'DE\\n'}]}""");

        assertThat(schema.violations(data, Reading.PRODUCER))
                .extracting(Violation::pointer)
                .containsExactly("/sites/0/country");
    }

    @Test
    void consumersPassOverWhatTheyDoNotKnow() {
        EventSchema schema = CATALOG.find("sample.status.changed.v1").orElseThrow();
        ObjectNode data = schema.examples().getFirst().deepCopy();
        data.put("status", "in-orbit").put("courier", "x");

        assertThat(schema.violations(data, Reading.CONSUMER)).isEmpty();
        assertThat(schema.violations(data, Reading.PRODUCER))
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder("/status", "/courier");
        assertThat(schema.violations(data.put("version", 0), Reading.CONSUMER))
                .extracting(Violation::pointer)
                .containsExactly("/version");
    }

    @Test
    void producersNameOnlyDeclaredAttributes() {
        EventSchema schema = CATALOG.find("sample.status.changed.v1").orElseThrow();
        CloudEvent event = event(schema).with("tenant", "acme-de").build();

        assertThat(CHECK.problems(event))
                .containsExactly("/tenant is not declared; correct its name, or add it to the schema");
        assertThat(CATALOG.violations(event.json(), Reading.CONSUMER)).isEmpty();
    }

    @Test
    void theKeyIsTheOneThatTheSchemaNames() {
        EventSchema schema = CATALOG.find("sample.status.changed.v1").orElseThrow();

        assertThat(CHECK.problems(event(schema).key("other").build()))
                .containsExactly(
                        "/partitionkey 'other' is not 'S-2041', the key that sample.status.changed.v1 has (/sampleId)");
        ObjectNode bySubject = event(schema).with("subject", "S-2041").build().json();
        bySubject.remove("partitionkey");
        assertThat(CHECK.problems(CloudEvent.parse(bySubject.toString()))).isEmpty();
        EventSchema fixed = CATALOG.find("settings.revision.committed.v1").orElseThrow();
        assertThat(fixed.key(fixed.examples().getFirst())).contains("settings");
    }

    @Test
    void theSchemaIsTheOneThatIsNamed() {
        EventSchema schema = CATALOG.find("sample.status.changed.v1").orElseThrow();

        assertThat(CHECK.problems(event(schema).with("dataschema", schema.uri()).build()))
                .isEmpty();
        assertThat(CHECK.problems(
                        event(schema).with("dataschema", schema.uri() + "9").build()))
                .containsExactly(
                        "/dataschema is not urn:gatewright:event:sample.status.changed.v1:1; name that or leave it out");
    }

    @Test
    void noProducerSetsTheSequence() {
        CloudEvent event = event(CATALOG.find("trial.phase.aborted.v1").orElseThrow())
                .with("sequence", "00000000000000000042")
                .build();

        assertThat(CHECK.problems(event)).containsExactly("/sequence is set by the log; leave it out");
        assertThat(CATALOG.violations(event.json(), Reading.CONSUMER)).isEmpty();
    }

    @Test
    void dataMayBeAbsentOnlyWhenTheyLieElsewhere() {
        CloudEvent.Builder event =
                CloudEvent.of("sample.status.changed.v1", "urn:x").key("S-1");

        assertThat(CHECK.problems(event.build())).containsExactly("/ has neither data nor dataref");
        assertThat(CHECK.problems(event.with("dataref", "s3://bucket/1").build()))
                .isEmpty();
    }

    @Test
    void nullAttributesAreAbsentOnes() {
        EventSchema schema = CATALOG.find("sample.status.changed.v1").orElseThrow();
        ObjectNode event = event(schema).build().json();
        event.putNull("orgid");

        assertThat(CHECK.problems(CloudEvent.parse(event.toString()))).isEmpty();
    }

    private static CloudEvent.Builder event(EventSchema schema) {
        return event(schema, schema.type());
    }

    private static CloudEvent.Builder event(EventSchema schema, String type) {
        JsonNode data = schema.examples().getFirst();
        return CloudEvent.of(type, "urn:gatewright:module:test")
                .tenant("acme-de")
                .key(schema.key(data).orElseThrow())
                .data(data);
    }
}
