package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files to registry and back, as a pipeline does it, against a real control plane. */
final class GitopsIT {
    @TempDir
    private static Path planeDirectory;

    private static Plane plane;
    private static Cli cli;

    @TempDir
    private Path directory;

    private Path files;

    @BeforeAll
    static void start() {
        plane = Plane.start(planeDirectory);
        cli = new Cli(plane.api());
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    @BeforeEach
    void name() {
        files = directory.resolve("registry");
    }

    private Map<String, String> export(Path folder, String... options) throws IOException {
        cli.run(Stream.concat(Stream.of("export", "-o", folder + "/"), Stream.of(options))
                        .toArray(String[]::new))
                .done();
        return content(folder);
    }

    private static Map<String, String> content(Path folder) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                content.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return content;
    }

    @Test
    void changesNothingByApplyingAnExportInAnyForm() throws Exception {
        plane.commit(
                        "{'kind':'setting','id':'global/rate-limit.burst','body':{'value':70,'min':1,'max':900}}",
                        "{'kind':'setting','id':'org=frischwerk/rate-limit.mode','body':{'value':'off','locked':true}}",
                        "{'kind':'org','id':'yes','body':{'name':'1e3'}}")
                .done();
        long before = plane.revision();
        Map<String, String> first = export(files);
        Path yaml = directory.resolve("all.yaml");
        Path json = directory.resolve("all.json");
        cli.run("export", "-o", yaml.toString()).done();
        cli.run("export", "-o", json.toString()).done();

        for (Path source : new Path[] {files, yaml, json}) {
            assertThat(cli.write("apply", "-f", source.toString(), "--prune")
                            .done()
                            .out())
                    .isEqualTo("revision " + before + " is as it should be, nothing was written\n");
            cli.run("apply", "-f", source.toString(), "--prune", "--dry-run").done();
        }

        assertThat(plane.revision()).isEqualTo(before);
        assertThat(export(directory.resolve("again"))).isEqualTo(first);
        assertThat(first.keySet()).contains("global.yaml", "org/frischwerk.yaml", "tenant/frischwerk-de.yaml");
    }

    @Test
    void buildsAnEmptyRegistryFromAnExport() throws Exception {
        Map<String, String> exported = export(files);
        try (Plane other = Plane.empty(directory.resolve("other"))) {
            Cli.Run applied =
                    new Cli(other.api()).write("apply", "-f", files.toString()).done();

            assertThat(applied.revision()).isEqualTo(1);
            new Cli(other.api())
                    .run("export", "-o", directory.resolve("copy") + "/")
                    .done();
        }
        assertThat(content(directory.resolve("copy"))).isEqualTo(exported);
    }

    @Test
    void goesTheWayOfAPipeline() throws Exception {
        export(files);
        Path tenant = files.resolve("tenant/gruenkost-de.yaml");
        Files.writeString(tenant, Files.readString(tenant).replace("status: active", "status: suspended"));
        Files.writeString(files.resolve("org/piped.yaml"), "kind: org\nid: piped\nbody:\n  name: Acme\n");
        Files.delete(files.resolve("tenant/frischwerk-at.yaml"));
        long before = plane.revision();

        Cli.Run dry = cli.run("apply", "-f", files.toString(), "--prune", "--dry-run");
        assertThat(dry.err()).isEmpty();
        assertThat(dry.code()).isEqualTo(2);
        assertThat(dry.out())
                .containsPattern("create +org/piped +\\{\"name\":\"Acme\"}")
                .containsPattern("update +tenant/gruenkost-de ")
                .containsPattern("remove +tenant/frischwerk-at ")
                .endsWith("; nothing was written\n");
        assertThat(plane.revision()).isEqualTo(before);

        Cli.Run applied = cli.write("apply", "-f", files.toString(), "--prune").done();
        assertThat(applied.revision()).isEqualTo(before + 1);
        assertThat(applied.out()).contains("removed tenant/frischwerk-at");
        assertThat(plane.get("/v1/documents/tenant/gruenkost-de")
                        .json()
                        .at("/body/status")
                        .asText())
                .isEqualTo("suspended");
        plane.get("/v1/documents/tenant/frischwerk-at").problem(404);

        cli.run("apply", "-f", files.toString(), "--prune", "--dry-run").done();
    }

    @Test
    void removesNothingThatIsStillUsedAndSaysWhere() throws Exception {
        export(files);
        Files.delete(files.resolve("module/hilfe.yaml"));
        Path file = Files.writeString(
                files.resolve("extra.yaml"), "kind: setting\nid: module=hilfe/rate-limit.burst\nbody: {value: 5}\n");
        long before = plane.revision();

        assertThat(cli.write("apply", "-f", files.toString(), "--prune")
                        .failed(1)
                        .err())
                .contains(
                        file
                                + ", document 1, line 1: setting/module=hilfe/rate-limit.burst: module: there is no module hilfe");
        assertThat(cli.run("apply", "-f", files.toString(), "--prune", "--dry-run")
                        .failed(1)
                        .err())
                .contains("there is no module hilfe");

        assertThat(plane.revision()).isEqualTo(before);
    }

    @Test
    void refusesAnUnknownKindAndWritesNothingOfTheRest() throws Exception {
        Files.createDirectories(files);
        Path file = Files.writeString(files.resolve("a.yaml"), """
                kind: org
                id: acme
                body: {name: Acme}
                ---
                kind: gadget
                id: g
                body: {name: G}
                """);
        long before = plane.revision();

        assertThat(cli.write("apply", "-f", files.toString()).failed(1).err())
                .isEqualTo(file + ", document 2, line 5: gadget/g: kind: is not a kind; use one of "
                        + "org, tenant, module, issuer, listener, setting, signing-keys\n");
        assertThat(plane.revision()).isEqualTo(before);
        assertThat(cli.write("apply", "-f", files.toString(), "--prune")
                        .failed(1)
                        .err())
                .contains("is not a kind");
    }

    @Test
    void leavesSigningKeysToTheirIssuers() throws Exception {
        Files.createDirectories(files);
        Files.writeString(files.resolve("a.yaml"), "kind: signing-keys\nid: freshplan\nbody: {keys: []}\n");

        assertThat(cli.write("apply", "-f", files.toString()).failed(1).err())
                .contains("signing keys are fetched from their issuer");
    }

    @Test
    void exportsWhatThereWasAtARevisionOrATime() throws Exception {
        Map<String, String> then = export(files);
        String before = Long.toString(plane.revision());
        JsonNode committed = plane.commit("{'kind':'org','id':'later','body':{'name':'Later'}}")
                .done()
                .json();
        plane.commit("{'kind':'org','id':'frischwerk','body':{'name':'Renamed'}}")
                .done();

        assertThat(export(directory.resolve("now"))).isNotEqualTo(then).containsKey("org/later.yaml");
        assertThat(export(directory.resolve("then"), "--at", before)).isEqualTo(then);
        assertThat(export(
                        directory.resolve("time"), "--at", committed.path("at").asText()))
                .containsKey("org/later.yaml")
                .containsEntry("org/frischwerk.yaml", then.get("org/frischwerk.yaml"));
        assertThat(cli.run("export", "--at", "999").failed(1).err()).contains("there is no revision 999");
        assertThat(cli.run("export", "--at", "yesterday").failed(1).err()).contains("or a time with its offset");
        plane.get("/v1/export?at=-1").problem(400);
    }

    @Test
    void rehearsesAChangeSetWithoutWritingIt() {
        plane.commit("{'kind':'setting','id':'org=gruenkost/rate-limit.mode','body':{'value':'shadow'}}")
                .done();
        long before = plane.revision();
        String changes = "{'changes':[{'kind':'org','id':'gruenkost','body':{'name':'New'}},"
                + "{'kind':'setting','id':'org=gruenkost/rate-limit.mode','body':{'value':'shadow'}}]}";

        JsonNode answer =
                plane.send("POST", "/v1/changesets?dryRun=true", changes).done().json();

        assertThat(answer.path("summary")).hasToString("{\"creating\":0,\"updating\":1,\"deleting\":0,\"total\":1}");
        assertThat(answer.at("/changes/updating/0"))
                .hasToString(
                        "{\"kind\":\"org\",\"id\":\"gruenkost\",\"old\":{\"name\":\"Grünkost eG\"},\"new\":{\"name\":\"New\"}}");
        assertThat(answer.path("revision").asLong()).isEqualTo(before).isEqualTo(plane.revision());
        plane.refused(
                409,
                () -> plane.send(
                        "POST",
                        "/v1/changesets?dryRun=true",
                        "{'changes':[{'kind':'org','id':'gruenkost','body':null}]}"));
        plane.refused(400, () -> plane.send("POST", "/v1/changesets?dryRun=maybe", changes));
    }
}
