package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExportTest {
    private static final String HELD = """
        {'revision':7,'documents':[
        {'kind':'org','id':'acme','version':3,'body':{'name':'Acme'}},
        {'kind':'setting','id':'global/rate-limit.requests','version':5,'body':{'value':600}},
        {'kind':'setting','id':'org=acme,module=orders/rate-limit.mode','version':6,'body':{'value':'off','locked':true}},
        {'kind':'setting','id':'route=orders/create/cors.max-age','version':6,'body':{'value':'PT1M'}},
        {'kind':'setting','id':'tenant=acme-de,route=orders/create/cors.max-age','version':7,'body':{'value':'PT2M'}}]}""";

    @TempDir
    Path directory;

    private final FakeControlPlane plane;

    ExportTest() throws IOException {
        plane = new FakeControlPlane().on("GET /v1/export", 200, HELD);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void printsYamlThatSaysWhatTheRegistrySays() {
        FakeControlPlane.Run run = plane.run("export");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("""
                ---
                kind: org
                id: acme
                body:
                  name: Acme
                ---
                kind: setting
                id: global/rate-limit.requests
                body:
                  value: 600
                """);
    }

    @Test
    void asksForTheStateThatItIsToldTo() {
        plane.on("GET /v1/export?at=2026-11-25T10%3A00%3A00Z", 200, HELD);

        assertThat(plane.run("export", "--at", "2026-11-25T10:00:00Z").out()).contains("id: acme");
    }

    @Test
    void writesAFileForEachThingBesideItsSettings() throws Exception {
        FakeControlPlane.Run run = plane.run("export", "-o", directory.toString());

        assertThat(run.out()).isEqualTo("revision 7 in 4 files of " + directory + "\n");
        assertThat(files())
                .containsExactly("global.yaml", "module/orders.yaml", "org/acme.yaml", "tenant/acme-de.yaml");
        assertThat(directory.resolve("org/acme.yaml")).hasContent("""
                # Written by gatewright export.
                ---
                kind: org
                id: acme
                body:
                  name: Acme
                ---
                kind: setting
                id: "org=acme,module=orders/rate-limit.mode"
                body:
                  value: "off"
                  locked: true
                """);
    }

    @Test
    void removesFilesOfAnEarlierExportAndNoOthers() throws Exception {
        plane.run("export", "-o", directory.toString());
        Files.writeString(directory.resolve("org/mine.yaml"), "# mine\n");
        plane.on(
                "GET /v1/export",
                200,
                "{'revision':8,'documents':[{'kind':'org','id':'acme','version':3,'body':{'name':'Acme'}}]}");

        plane.run("export", "-o", directory.toString());

        assertThat(files()).containsExactly("org/acme.yaml", "org/mine.yaml");
    }

    @Test
    void writesOverNoFileThatSomebodyElseWrote() throws Exception {
        Files.createDirectories(directory.resolve("org"));
        Files.writeString(directory.resolve("org/acme.yaml"), "# mine\n");

        FakeControlPlane.Run run = plane.run("export", "-o", directory.toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("org/acme.yaml was not written by an export");
        assertThat(files()).containsExactly("org/acme.yaml");
    }

    @Test
    void writesJsonToAFileNamedSo() throws Exception {
        Path file = directory.resolve("all.json");

        assertThat(plane.run("export", "-o", file.toString()).out()).isEqualTo("revision 7 in " + file + "\n");

        assertThat(Files.readString(file))
                .startsWith("{\"documents\":[\n{\"kind\":\"org\",\"id\":\"acme\",\"body\":{\"name\":\"Acme\"}},\n");
        FakeControlPlane.Run applied = plane.run("apply", "-f", file.toString(), "--prune", "--reason", "x");
        assertThat(applied.out()).isEqualTo("revision 7 is as it should be, nothing was written\n");
    }

    @Test
    void leavesTheFileThatIsThereWhenTheAnswerBreaksOff() throws Exception {
        Path file = Files.writeString(directory.resolve("all.yaml"), "before");
        plane.on("GET /v1/export", 200, HELD.substring(0, 200));

        assertThat(plane.run("export", "-o", file.toString()).code()).isEqualTo(1);
        assertThat(plane.run("export", "-o", directory + "/folder/").code()).isEqualTo(1);

        assertThat(file).hasContent("before");
        assertThat(files()).containsExactly("all.yaml");
    }

    @Test
    void saysThatAPlaceCannotBeWritten() {
        FakeControlPlane.Run run = plane.run("export", "-o", directory + "/nowhere/all.yaml");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("nowhere/all.yaml", "cannot be written");
    }

    @Test
    void letsNoDocumentNameAFileElsewhere() {
        plane.on(
                "GET /v1/export",
                200,
                "{'revision':8,'documents':[{'kind':'org','id':'../../x','version':3,'body':{}}]}");

        assertThat(plane.run("export", "-o", directory.toString()).err()).contains("gives no name of a file");
    }
}
