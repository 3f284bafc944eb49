package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DocumentReaderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> problems = new ArrayList<>();

    private List<Declared> read(String file, String text) {
        return new DocumentReader(file, problems).read(text);
    }

    @Test
    void takesStandardInputForWhatItLooksLike() {
        assertThat(read("-", "\n[{\"kind\":\"org\",\"id\":\"a\",\t\"body\":null}]"))
                .hasSize(1);
        assertThat(read("-", "kind: org\nid: a\nbody: {}\n")).hasSize(1);
        assertThat(read(
                        "-",
                        "{\"kind\":\"org\",\"id\":\"a\",\"body\":{}}\n{\"kind\":\"org\",\"id\":\"b\",\"body\":{}}"))
                .hasSize(2);
        assertThat(problems).isEmpty();
    }

    @Test
    void takesWhatTheApiPrints() {
        assertThat(read(
                        "a.json",
                        "{\"revision\":7,\"documents\":[{\"kind\":\"org\",\"id\":\"a\",\"version\":3,\"body\":{}}]}"))
                .singleElement()
                .extracting(Declared::name)
                .isEqualTo("org/a");
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                kind: org                                    | id: is missing
                {kind: 7, id: a, body: {}}                   | kind: is not text
                {kind: org, id: 007, body: {}}               | id: is not text; name the document, in quotes
                {kind: org, id: '', body: {}}                | id: is not text
                {kind: org, id: a, body: }                   | body: is missing; write the document's fields, or null
                {kind: org, id: a, body: []}                 | body: is not an object
                {kind: org, id: a, body: {}, sepc: {}}       | sepc: is not a field of a document
                {kind: org, id: &x a, body: {name: *x}}      | *x is an alias, which is not followed here: write it out
                {kind: org, id: a, body: {name: A, name: B}} | the field name is written twice
                {documents: [], reason: x}                   | reason: does not belong beside documents
                text alone                                   | is not a document
                """)
    void refusesWhatIsNoDocument(String text, String said) {
        assertThat(read("a.yaml", text)).isEmpty();
        assertThat(problems).first().asString().startsWith("a.yaml, ").contains(said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yes",
                "no",
                "on",
                "off",
                "true",
                "null",
                "~",
                "",
                " ",
                "1",
                "-1",
                "1.5",
                "1e3",
                "0x1F",
                "0o17",
                "1_000",
                ".inf",
                ".nan",
                "12:30:00",
                "2026-11-25",
                "- a",
                "a: b",
                "a #b",
                "#a",
                "*a",
                "&a",
                "!a",
                "@a",
                "`a",
                "%a",
                "|",
                ">",
                "?",
                "[a]",
                "{a}",
                "a\nb",
                "a\n",
                "\na",
                "\ttab",
                "'",
                "\"",
                "\\",
                "ü",
                "\u2028",
                "\u0001",
                "<<",
                "=",
                "---",
                "...",
                " a",
                "a ",
                "a:",
                "https://*.example.com",
                "00",
                "+1",
                "PT1M",
                "\ud83d\ude00"
            })
    void readsBackWhateverTextIsWritten(String text) {
        JsonNode document = JSON.createObjectNode()
                .put("kind", "org")
                .put("id", "a")
                .set(
                        "body",
                        JSON.createObjectNode()
                                .put("name", text)
                                .put(text, true)
                                .set("list", JSON.createArrayNode().add(text)));

        assertThat(read("a.yaml", DocumentText.yaml(document)))
                .singleElement()
                .satisfies(read -> assertThat(read.body()).isEqualTo(document.get("body")));
        assertThat(read("a.json", DocumentText.json(document)))
                .singleElement()
                .satisfies(read -> assertThat(read.body()).isEqualTo(document.get("body")));
        assertThat(problems).isEmpty();
    }

    @Test
    void skipsWhatIsEmptyBetweenDocuments() {
        assertThat(read("a.yaml", "---\n---\n# nothing\n---\nkind: org\nid: a\nbody: {}\n---\n"))
                .hasSize(1);
        assertThat(read("a.yaml", "")).isEmpty();
        assertThat(problems).isEmpty();
    }

    @Test
    void takesABodyThatWasForgottenForASlip() {
        assertThat(read("a.yaml", "kind: org\nid: a\nbody:\n")).isEmpty();
        assertThat(problems).singleElement().asString().contains("body: is missing");
    }

    @Test
    void readsFilesOfManyMegabytes() {
        String one = "kind: org\nid: a\nbody: {name: " + "x".repeat(1_000) + "}\n---\n";

        assertThat(read("a.yaml", one.repeat(5_000))).hasSize(5_000);
    }
}
