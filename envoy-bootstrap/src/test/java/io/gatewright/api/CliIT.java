package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line against a real control plane: what a person types and reads. */
final class CliIT {
    @TempDir
    private static Path directory;

    private static Plane plane;
    private static Cli cli;

    @BeforeAll
    static void start() throws Exception {
        plane = Plane.empty(directory.resolve("plane"));
        cli = new Cli(plane.api());
        Path file = Files.writeString(
                directory.resolve("sample.json"), Plane.sample().toPrettyString());
        Cli.Run applied = cli.run("apply", "-f", file.toString(), "--reason", "first registry")
                .done();
        assertThat(applied.out()).isEqualTo("revision 1\nundo: gatewright undo 1 --reason '…'\n");
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    @Test
    void setsExplainsTellsAndUndoes() throws Exception {
        String scope = "tenant=gruenkost-de";
        String key = "rate-limit.requests";

        cli.write("set", scope, key, "50").done();
        cli.write("set", scope, key, "70").done();
        long second = plane.revision();
        assertThat(cli.run("get", "setting", scope + "/" + key).done().out()).containsPattern("value +70");

        String why = cli.run("explain", "gruenkost-de", key).done().out();
        assertThat(why).startsWith("rate-limit.requests is 70 for gruenkost-de (default 600)\n");
        assertThat(why.lines().filter(line -> line.startsWith(scope)))
                .singleElement()
                .asString()
                .contains("70", "counts", Long.toString(second), "local", "für den Test");

        String history = cli.run("history", "setting", scope + "/" + key).done().out();
        assertThat(history).contains("setting/tenant=gruenkost-de/rate-limit.requests: 50 → 70", "für den Test");

        cli.write("undo", Long.toString(second)).done();
        assertThat(cli.run("get", "effective", "gruenkost-de", "-o", "json")
                        .done()
                        .json()
                        .at("/values/rate-limit.requests")
                        .asInt())
                .isEqualTo(50);
        assertThat(cli.write("undo", Long.toString(second)).failed(1).err()).contains("was changed after revision");

        cli.write("unset", scope, key).done();
        assertThat(cli.run("get", "effective", "gruenkost-de", "-o", "json")
                        .done()
                        .json()
                        .at("/values/rate-limit.requests")
                        .asInt())
                .isEqualTo(600);
        assertThat(cli.write("unset", scope, key).failed(1).err()).contains("there is no setting " + scope + "/" + key);
    }

    @Test
    void setsLists() throws Exception {
        cli.write("set", "org=frischwerk,module=hilfe", "cors.allowed-origins", "https://a.example,https://b.example")
                .done();

        assertThat(cli.run("get", "effective", "frischwerk-de", "--module", "hilfe", "-o", "json")
                        .done()
                        .json()
                        .at("/values/cors.allowed-origins"))
                .extracting(JsonNode::asText)
                .contains("https://a.example", "https://b.example", "https://shop.frischwerk.example");
    }

    @Test
    void putsAndDeletesADocument() throws Exception {
        Path file = Files.writeString(directory.resolve("acme.yaml"), "name: Acmé\n");

        cli.write("put", "org", "acme", file.toString()).done();
        assertThat(cli.run("get", "org", "acme").done().out()).containsPattern("name +Acmé");
        cli.write("delete", "org", "acme").done();
        assertThat(cli.run("get", "org", "acme").failed(1).err()).contains("there is no document org/acme");
    }

    @Test
    void undoesARevisionOfManyDocuments() throws Exception {
        Path file = Files.writeString(directory.resolve("more.yaml"), """
                documents:
                - {kind: tenant, id: undone, body: {org: frischwerk, hosts: [undone.example.com]}}
                - {kind: setting, id: tenant=undone/rate-limit.requests, body: {value: 5}}
                """);
        long revision = cli.write("apply", "-f", file.toString()).done().revision();

        cli.write("undo", Long.toString(revision)).done();

        plane.get("/v1/documents/tenant/undone").problem(404);
        assertThat(cli.write("undo", "999999").failed(1).err()).contains("there is no revision 999999");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get tenant",
                "get module hilfe",
                "get effective frischwerk-de",
                "get effective frischwerk-de --route hilfe/search",
                "get catalog",
                "explain frischwerk-de rate-limit.requests",
                "explain frischwerk-de idempotency.mode --route kundenmanagement/create-order",
                "history",
                "history org frischwerk",
                "gateways",
                "status",
                "status frischwerk-de",
                "sync",
                "sync --dry-run",
                "syncs",
                "syncs --trigger startup --limit 1"
            })
    void printsATableJsonAndYaml(String line) throws Exception {
        String[] words = line.split(" ", -1);
        String table = cli.run(words).done().out();
        String json = with(words, "json");
        String yaml = with(words, "yaml");

        assertThat(table).isNotBlank();
        assertThat(new ObjectMapper().readTree(json).isObject()).isTrue();
        assertThat(new ObjectMapper(new YAMLFactory()).readTree(yaml).properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyElementsOf(new ObjectMapper()
                        .readTree(json).properties().stream()
                                .map(Map.Entry::getKey)
                                .toList());
    }

    private static String with(String[] words, String form) {
        return cli.run(Stream.concat(Stream.of(words), Stream.of("-o", form)).toArray(String[]::new))
                .done()
                .out();
    }

    @Test
    void saysWhetherAllIsWell() {
        assertThat(cli.run("status").done().out())
                .contains("database", "settings", "gateways", "UP", "0 of 0 gateways connected, 0 resources rejected");
        assertThat(cli.run("status", "frischwerk-de").done().out()).contains("is not live");
        Cli.Run waited = cli.run("status", "frischwerk-de", "--wait", "PT0.1S");
        assertThat(waited.code()).isEqualTo(1);
        assertThat(waited.err()).contains("was not live within PT0.1S");
    }

    @Test
    void saysWhatASyncSent() {
        assertThat(cli.run("sync").done().out()).containsPattern("^sync \\d+ of revision \\d+ sent nothing\n");
        assertThat(cli.run("sync", "--dry-run").done().out()).contains(" would send nothing\n");
        Cli.Run waited = cli.run("sync", "--wait", "PT0.1S");
        assertThat(waited.code()).isEqualTo(1);
        assertThat(waited.err()).contains("waiting for 0 gateways", "no gateway is connected, so nothing is proved");
        assertThat(cli.run("syncs").done().out()).contains("startup", "manual (dry run)", "no-gateways");
    }
}
