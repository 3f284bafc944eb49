package io.gatewright.events.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the page and the history to the schemas; {@code ./gatewright golden} writes what is missing. */
final class EventCatalogTest {
    private static final Path FOLDER = Path.of("../../proto/events");
    private static final Path PAGE = Path.of("../../docs/EVENT_CATALOG.md");
    private static final boolean REWRITE = Boolean.getBoolean("golden.rewrite");
    private static final Pattern RECORD = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void pageSaysWhatTheSchemasSay() throws IOException {
        String wanted = CatalogPage.of(SchemaCatalog.load());
        if (REWRITE) {
            Files.writeString(PAGE, wanted);
        }
        assertThat(Files.readString(PAGE))
                .as("./gatewright golden rewrites this page")
                .isEqualTo(wanted);
    }

    @Test
    @DisplayName("39: the schemas of this repository are in the language and add to every published revision")
    void schemasOnlyAdd() throws Exception {
        SchemaFolder folder = SchemaFolder.read(FOLDER);

        assertThat(folder.outsideTheLanguage()).isEmpty();
        assertThat(folder.breaks()).isEmpty();
    }

    @Test
    void historyHasEveryRevision() throws Exception {
        SchemaFolder folder = SchemaFolder.read(FOLDER);
        if (REWRITE && folder.outsideTheLanguage().isEmpty() && folder.breaks().isEmpty()) {
            for (Map.Entry<String, JsonNode> schema : folder.newest().entrySet()) {
                EventSchema newest = EventSchema.of(schema.getValue());
                Path copy = FOLDER.resolve("history/" + newest.type() + "/" + newest.revision() + ".json");
                if (!Files.exists(copy)) {
                    Files.createDirectories(copy.getParent());
                    Files.copy(FOLDER.resolve(newest.type() + ".json"), copy);
                }
            }
            folder = SchemaFolder.read(FOLDER);
        }
        SortedMap<String, JsonNode> last = new TreeMap<>();
        folder.history().forEach((type, revisions) -> last.put(type, revisions.get(revisions.lastKey())));
        assertThat(last)
                .as("./gatewright golden adds a new revision to the history")
                .isEqualTo(folder.newest());
    }

    @Test
    void catalogueNamesEverySchemaAndNoOther() throws Exception {
        SchemaCatalog catalog = SchemaCatalog.load();
        TreeSet<String> named = new TreeSet<>();
        named.add(catalog.envelope().type());
        catalog.schemas().forEach(schema -> named.add(schema.type()));

        assertThat(named)
                .as("types in proto/events/catalogue.json")
                .isEqualTo(SchemaFolder.read(FOLDER).newest().keySet());
        for (DeclaredSubscription subscription : catalog.subscriptions()) {
            assertThat(subscription.types())
                    .allSatisfy(type -> assertThat(catalog.find(type))
                            .as(subscription.consumer() + " subscribes to " + type)
                            .isPresent());
            assertThat(subscription.purpose()).isNotBlank();
        }
    }

    @Test
    void recordsOfThePageCompileAndHoldTheExamples(@TempDir Path folder) throws Exception {
        SchemaCatalog catalog = SchemaCatalog.load();
        Map<String, String> sources = new TreeMap<>();
        Matcher record = RECORD.matcher(Files.readString(PAGE));
        for (EventSchema schema : catalog.schemas()) {
            assertThat(record.find()).isTrue();
            sources.put(RecordSource.className(schema.type()), record.group(1));
        }

        Map<String, Class<?>> classes = Compiled.in(folder, sources);

        for (EventSchema schema : catalog.schemas()) {
            Class<?> type = classes.get(RecordSource.className(schema.type()));
            for (JsonNode example : schema.examples()) {
                Object held = MAPPER.readValue(example.toString(), type);
                assertThat(SchemaJson.read(MAPPER.writeValueAsBytes(held))).isEqualTo(example);
            }
        }
    }

    @Test
    void theSampleUsesTheRecordOfThePage() throws IOException {
        EventSchema schema =
                SchemaCatalog.load().find("sample.status.changed.v1").orElseThrow();
        Path file = Path.of("../../docs/samples/status/src/main/java/com/example/samples/SampleStatusChangedV1.java");

        assertThat(Files.readString(file))
                .as("copy the record from docs/EVENT_CATALOG.md")
                .isEqualTo("package com.example.samples;\n\n" + RecordSource.of(schema));
    }

    @Test
    void recordsCompileForEveryPartOfTheLanguage(@TempDir Path folder) throws Exception {
        JsonNode schema = Given.schema(1, """
                'description':'All of it.','required':['n','w'],'properties':{
                  'n':{'type':'number'}, 'w':{'type':['integer','null']}, 'b':{'type':'boolean'},
                  'ws':{'type':'array','items':{'type':'integer'}}, 'bs':{'type':'array','items':{'type':'boolean'}},
                  'free':{'type':'object','x-opaque':true}, 'day':{'type':'string','format':'date'},
                  'shape':{'description':'Round or square.','x-discriminator':'kind','oneOf':[
                    {'type':'object','required':['kind'],'properties':{'kind':{'type':'string','const':'round'}}},
                    {'type':'object','required':['kind'],'properties':{'kind':{'type':'string','const':'square'}}}]}}""");

        String source = RecordSource.of(EventSchema.of(schema));

        assertThat(source)
                .contains("public sealed interface Shape {", "record Round(", "@Nullable Long w", "List<Long> ws");
        assertThat(Compiled.in(folder, Map.of("ABHappenedV1", source))).containsKey("ABHappenedV1");
    }

    @Test
    void matrixShowsWhoPublishesAndWhoReads() {
        assertThat(CatalogPage.of(SchemaCatalog.load()).lines())
                .filteredOn(line -> line.startsWith("| [`sample.status.changed.v1`]"))
                .singleElement()
                .isEqualTo(
                        "| [`sample.status.changed.v1`](#samplestatuschangedv1) | `sample.status` | samples | reads |");
    }

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();
}
