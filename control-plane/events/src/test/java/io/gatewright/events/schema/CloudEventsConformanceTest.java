package io.gatewright.events.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import io.gatewright.events.CloudEvent;
import io.gatewright.events.EventRefused;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our events and those of the CloudEvents Java SDK are the same, both ways; what it refuses, we refuse. */
final class CloudEventsConformanceTest {
    private static final SchemaCatalog CATALOG = SchemaCatalog.load();
    private static final JsonFormat SDK = new JsonFormat();

    static Stream<EventSchema> schemas() {
        return CATALOG.schemas().stream();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void theSdkReadsWhatWeWrite(EventSchema schema) throws IOException {
        CloudEvent ours = ours(schema);

        io.cloudevents.CloudEvent theirs = SDK.deserialize(ours.bytes());

        assertThat(theirs.getId()).isEqualTo(ours.id());
        assertThat(theirs.getSource()).isEqualTo(URI.create(ours.source()));
        assertThat(theirs.getType()).isEqualTo(schema.type());
        assertThat(attributes(theirs)).isEqualTo(attributes(ours.json()));
        assertThat(data(theirs)).isEqualTo(ours.data());
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void weReadWhatTheSdkWrites(EventSchema schema) throws IOException {
        JsonNode data = schema.examples().getFirst();
        io.cloudevents.CloudEvent theirs = CloudEventBuilder.v1()
                .withId("e-1")
                .withSource(URI.create("urn:gatewright:module:test"))
                .withType(schema.type())
                .withSubject("a subject, ü")
                .withTime(OffsetDateTime.of(2026, 11, 3, 9, 12, 44, 118_205_000, ZoneOffset.ofHours(1)))
                .withDataSchema(URI.create(schema.uri()))
                .withData("application/json", data.toString().getBytes(StandardCharsets.UTF_8))
                .withExtension("tenantid", "acme-de")
                .withExtension("partitionkey", schema.key(data).orElseThrow())
                .withExtension("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .build();

        CloudEvent ours = CloudEvent.parse(SDK.serialize(theirs));

        assertThat(new CatalogCheck(CATALOG).problems(ours)).isEmpty();
        assertThat(ours.data()).isEqualTo(data);
        assertThat(attributes(ours.json())).isEqualTo(attributes(theirs));
    }

    @Test
    @DisplayName("22: 64 KiB of text that is no ASCII goes through the SDK to the byte, one byte more is refused")
    void keepsEveryByteUpToTheLimit() throws IOException {
        String frame =
                ours(CATALOG.find("trial.phase.aborted.v1").orElseThrow()).text();
        int room = CloudEvent.MAX_BYTES - frame.getBytes(StandardCharsets.UTF_8).length;
        String note = "two of five sites closed";
        String full = frame.replace(note, note + "ü".repeat(room / 2) + "x".repeat(room % 2));

        CloudEvent event = CloudEvent.parse(full);

        assertThat(event.bytes()).hasSize(CloudEvent.MAX_BYTES);
        assertThat(data(SDK.deserialize(event.bytes()))).isEqualTo(event.data());
        assertThatThrownBy(() -> CloudEvent.parse(full.replace(note, note + "y")))
                .isInstanceOf(EventRefused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tenantId", "Tenantid", "tenant_id", "tenant-id", "mandantenkennung-überall"})
    @DisplayName("41: refuses attribute names like the SDK does")
    void refusesNamesThatTheSdkRefuses(String name) {
        assertThatThrownBy(() -> minimal().withExtension(name, "x")).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> minimalOurs(name, "\"x\"")).isInstanceOf(EventRefused.class);
    }

    @Test
    @DisplayName(
            "test 41: refuses long names, control characters and large integers, which the SDK lets through or cannot hold")
    void refusesWhatTheOtherBindingsCouldNotCarry() {
        assertThatThrownBy(() -> minimalOurs("a".repeat(21), "\"x\"")).isInstanceOf(EventRefused.class);
        assertThatThrownBy(() -> minimalOurs("correlationid", "\"a\\u0007b\"")).isInstanceOf(EventRefused.class);
        assertThatThrownBy(() -> minimalOurs("subject", "\"a\\u0085b\"")).isInstanceOf(EventRefused.class);
        assertThatThrownBy(() -> minimalOurs("count", "2147483648")).isInstanceOf(EventRefused.class);
        assertThatThrownBy(() -> minimalOurs("nested", "{}")).isInstanceOf(EventRefused.class);
        assertThat(minimalOurs("count", "2147483647").attribute("count")).isEqualTo("2147483647");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{'specversion':'1.0','id':'1','source':'/s'}",
                "{'specversion':'1.0','id':'1','type':'a.b.c.v1'}",
                "{'specversion':'1.0','source':'/s','type':'a.b.c.v1'}",
                "{'specversion':'2.0','id':'1','source':'/s','type':'a.b.c.v1'}",
                "{'specversion':'1.0','id':'1','source':'::','type':'a.b.c.v1'}",
                "{'specversion':'1.0','id':'1','source':'/s','type':'a.b.c.v1','time':'yesterday'}"
            })
    void refusesEventsThatTheSdkRefuses(String event) {
        byte[] bytes = event.replace('\'', '"').getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> SDK.deserialize(bytes)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> CloudEvent.parse(bytes)).isInstanceOf(EventRefused.class);
    }

    private static CloudEvent ours(EventSchema schema) {
        JsonNode data = schema.examples().getFirst();
        return CloudEvent.of(schema.type(), "urn:gatewright:module:test")
                .tenant("acme-de")
                .org("acme")
                .key(schema.key(data).orElseThrow())
                .with("subject", "S")
                .with("dataschema", schema.uri())
                .with("correlationid", "c-1")
                .with("causationid", "c-0")
                .with("sequence", "00000000000000000042")
                .data(data)
                .build();
    }

    private static CloudEventBuilder minimal() {
        return CloudEventBuilder.v1().withId("1").withSource(URI.create("/s")).withType("a.b.c.v1");
    }

    private static CloudEvent minimalOurs(String name, String value) {
        return CloudEvent.parse("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a.b.c.v1\",\""
                + name + "\":" + value + "}");
    }

    private static JsonNode data(io.cloudevents.CloudEvent event) throws IOException {
        return SchemaJson.read(Objects.requireNonNull(event.getData()).toBytes());
    }

    private static Map<String, String> attributes(io.cloudevents.CloudEvent event) {
        Map<String, String> attributes = new TreeMap<>();
        event.getAttributeNames().forEach(name -> {
            Object value = event.getAttribute(name);
            if (value != null) {
                attributes.put(name, value.toString());
            }
        });
        event.getExtensionNames().forEach(name -> attributes.put(name, String.valueOf(event.getExtension(name))));
        attributes.computeIfPresent("time", (name, time) -> instant(time));
        return attributes;
    }

    private static Map<String, String> attributes(ObjectNode event) {
        Map<String, String> attributes = new TreeMap<>();
        event.properties().forEach(entry -> {
            if (!entry.getKey().equals("data")) {
                attributes.put(entry.getKey(), entry.getValue().asText());
            }
        });
        attributes.computeIfPresent("time", (name, time) -> instant(time));
        return attributes;
    }

    private static String instant(String time) {
        return OffsetDateTime.parse(time).toInstant().toString();
    }
}
