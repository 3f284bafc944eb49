package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.gatewright.cli.Main;
import io.gatewright.envoybootstrap.Ports;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line against a real control plane: what a person types and reads. */
final class CliIT {
    private static final String[] REASON = {"--reason", "für den Test"};

    @TempDir
    private static Path directory;

    private static Plane plane;

    /** What a run came to. */
    private record Run(int code, String out, String err) {
        Run done() {
            assertThat(err).isEmpty();
            assertThat(code).isZero();
            return this;
        }

        Run failed(int expected) {
            assertThat(code).as(err).isEqualTo(expected);
            assertThat(out).isEmpty();
            assertThat(err).isNotBlank().doesNotContain("\tat ").doesNotContain("Exception");
            return this;
        }

        JsonNode json() throws Exception {
            return new ObjectMapper().readTree(out);
        }

        long revision() {
            return Long.parseLong(out.lines().findFirst().orElseThrow().replace("revision ", ""));
        }
    }

    @BeforeAll
    static void start() throws Exception {
        plane = Plane.empty(directory.resolve("plane"));
        Path file = Files.writeString(
                directory.resolve("sample.json"), Plane.sample().toPrettyString());
        Run applied = run("apply", "-f", file.toString(), "--reason", "first registry")
                .done();
        assertThat(applied.out()).isEqualTo("revision 1\nundo: gatewright undo 1 --reason '…'\n");
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    private static Run run(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] all = Stream.concat(
                        Stream.of(words), Stream.of("--server", plane.api().base()))
                .toArray(String[]::new);
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), all);
        return new Run(code, out.toString(), err.toString());
    }

    private static Run write(String... words) {
        return run(Stream.concat(Stream.of(words), Stream.of(REASON)).toArray(String[]::new));
    }

    @Test
    void setsExplainsTellsAndUndoes() throws Exception {
        String scope = "tenant=gruenkost-de";
        String key = "rate-limit.requests";

        write("set", scope, key, "50").done();
        write("set", scope, key, "70").done();
        long second = plane.revision();
        assertThat(run("get", "setting", scope + "/" + key).done().out()).containsPattern("value +70");

        String why = run("explain", "gruenkost-de", key).done().out();
        assertThat(why).startsWith("rate-limit.requests is 70 for gruenkost-de (default 600)\n");
        assertThat(why.lines().filter(line -> line.startsWith(scope)))
                .singleElement()
                .asString()
                .contains("70", "counts", Long.toString(second), "local", "für den Test");

        String history = run("history", "setting", scope + "/" + key).done().out();
        assertThat(history).contains("setting/tenant=gruenkost-de/rate-limit.requests: 50 → 70", "für den Test");

        write("undo", Long.toString(second)).done();
        assertThat(run("get", "effective", "gruenkost-de", "-o", "json")
                        .done()
                        .json()
                        .at("/values/rate-limit.requests")
                        .asInt())
                .isEqualTo(50);
        assertThat(write("undo", Long.toString(second)).failed(1).err()).contains("was changed after revision");

        write("unset", scope, key).done();
        assertThat(run("get", "effective", "gruenkost-de", "-o", "json")
                        .done()
                        .json()
                        .at("/values/rate-limit.requests")
                        .asInt())
                .isEqualTo(600);
        assertThat(write("unset", scope, key).failed(1).err()).contains("there is no setting " + scope + "/" + key);
    }

    @Test
    void setsLists() throws Exception {
        write("set", "org=frischwerk,module=hilfe", "cors.allowed-origins", "https://a.example,https://b.example")
                .done();

        assertThat(run("get", "effective", "frischwerk-de", "--module", "hilfe", "-o", "json")
                        .done()
                        .json()
                        .at("/values/cors.allowed-origins"))
                .extracting(JsonNode::asText)
                .contains("https://a.example", "https://b.example", "https://shop.frischwerk.example");
    }

    @Test
    void putsAndDeletesADocument() throws Exception {
        Path file = Files.writeString(directory.resolve("acme.yaml"), "name: Acmé\n");

        write("put", "org", "acme", file.toString()).done();
        assertThat(run("get", "org", "acme").done().out()).containsPattern("name +Acmé");
        write("delete", "org", "acme").done();
        assertThat(run("get", "org", "acme").failed(1).err()).contains("there is no document org/acme");
    }

    @Test
    void undoesARevisionOfManyDocuments() throws Exception {
        Path file = Files.writeString(directory.resolve("more.yaml"), """
                documents:
                - {kind: tenant, id: undone, body: {org: frischwerk, hosts: [undone.example.com]}}
                - {kind: setting, id: tenant=undone/rate-limit.requests, body: {value: 5}}
                """);
        long revision = write("apply", "-f", file.toString()).done().revision();

        write("undo", Long.toString(revision)).done();

        plane.get("/v1/documents/tenant/undone").problem(404);
        assertThat(write("undo", "999999").failed(1).err()).contains("there is no revision 999999");
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
                "sync --dry-run"
            })
    void printsATableJsonAndYaml(String line) throws Exception {
        String[] words = line.split(" ", -1);
        String table = run(words).done().out();
        String json = with(words, "json");
        String yaml = with(words, "yaml");

        assertThat(table).isNotBlank();
        assertThat(new ObjectMapper().readTree(json).isObject()).isTrue();
        assertThat(new ObjectMapper(new YAMLFactory()).readTree(yaml).properties())
                .extracting(java.util.Map.Entry::getKey)
                .containsExactlyElementsOf(new ObjectMapper()
                        .readTree(json).properties().stream()
                                .map(java.util.Map.Entry::getKey)
                                .toList());
    }

    private static String with(String[] words, String form) {
        return run(Stream.concat(Stream.of(words), Stream.of("-o", form)).toArray(String[]::new))
                .done()
                .out();
    }

    @Test
    void saysWhetherAllIsWell() {
        assertThat(run("status").done().out())
                .contains("database", "settings", "gateways", "UP", "0 of 0 gateways connected, 0 resources rejected");
        assertThat(run("status", "frischwerk-de").done().out()).contains("is not live");
        Run waited = run("status", "frischwerk-de", "--wait", "PT0.1S");
        assertThat(waited.code()).isEqualTo(1);
        assertThat(waited.err()).contains("was not live within PT0.1S");
    }

    @Test
    void saysWhatTheServerRefused() {
        assertThat(write("set", "tenant=gruenkost-de", "rate-limit.request", "5")
                        .failed(1)
                        .err())
                .contains("rate-limit.request is not a key", "did you mean rate-limit.requests?");
        assertThat(write("set", "tenant=gruenkost-de", "rate-limit.requests", "0")
                        .failed(1)
                        .err())
                .contains("value: 0 is out of range; write a whole number of requests");
        assertThat(write("set", "tenant=nobody", "rate-limit.requests", "5")
                        .failed(1)
                        .err())
                .contains("there is no tenant nobody");
        assertThat(write("delete", "module", "auswertungen").failed(1).err()).contains("is still used by");
        assertThat(run("explain", "nobody", "rate-limit.requests").failed(1).err())
                .contains("there is no tenant nobody");
        assertThat(run("get", "gadget").failed(1).err()).contains("there is no kind gadget", "use one of org, tenant");
        assertThat(run("get", "effective", "frischwerk-de", "--route", "hilfe")
                        .failed(1)
                        .err())
                .contains("write MODULE/ROUTE");
    }

    @Test
    void saysEveryProblemOfAFile() throws Exception {
        long before = plane.revision();
        Path file = Files.writeString(directory.resolve("bad.yaml"), """
                - {kind: tenant, id: a, body: {org: frischwerk, hosts: [NO]}}
                - {kind: setting, id: global/rate-limit.period, body: {value: 60s}}
                - {kind: setting, id: nowhere/rate-limit.burst, body: {value: 6}}
                - {kind: org, id: ok, body: {name: OK}}
                """);

        Run refused = write("apply", "-f", file.toString()).failed(1);

        assertThat(refused.err().lines())
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).startsWith("tenant/a: hosts[0]: "))
                .anySatisfy(line -> assertThat(line).startsWith("setting/global/rate-limit.period: value: "))
                .anySatisfy(line -> assertThat(line).startsWith("setting/nowhere/rate-limit.burst: scope: "));
        assertThat(plane.revision()).isEqualTo(before);
    }

    @Test
    void saysTheValueOfNowWhenAnUndoIsTooLate() throws Exception {
        Path file = Files.writeString(directory.resolve("stale.json"), """
                {"kind": "org", "id": "gruenkost", "body": {"name": "New"}}
                """);
        long revision = write("apply", "-f", file.toString()).done().revision();
        Files.writeString(file, """
                {"kind": "org", "id": "gruenkost", "body": {"name": "Newer"}}
                """);
        write("apply", "-f", file.toString()).done();

        assertThat(write("undo", Long.toString(revision)).failed(1).err())
                .contains("org/gruenkost: was changed after revision " + revision, "gatewright history org gruenkost");
    }

    @Test
    void endsWithTwoWhenTheCommandIsWrong() {
        run("set", "global", "rate-limit.requests", "5").failed(2);
        write("set", "global", "rate-limit.requests").failed(2);
        write("set", "global", "rate-limit.requests", "5", "6").failed(2);
        run("get").failed(2);
        run("history", "--limit", "many").failed(2);
        run("status", "frischwerk-de", "--wait", "5s").failed(2);
        run("explain", "frischwerk-de").failed(2);
        write("apply", "-f", directory.resolve("nowhere.json").toString()).failed(2);
        run("dance").failed(2);
    }

    @Test
    void saysThatNobodyListens() {
        StringWriter err = new StringWriter();
        String server = "http://127.0.0.1:" + Ports.free();

        int code = Main.run(
                new PrintWriter(new StringWriter()), new PrintWriter(err, true), "gateways", "--server", server);

        assertThat(code).isEqualTo(1);
        assertThat(err.toString())
                .contains("cannot reach " + server, "gatewright serve")
                .doesNotContain("Exception");
    }
}
