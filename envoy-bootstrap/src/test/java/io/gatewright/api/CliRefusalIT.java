package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.envoybootstrap.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line says when the server, or the command itself, is in the way: exit code 1, or 2. */
final class CliRefusalIT {
    @TempDir
    private static Path directory;

    private static Plane plane;
    private static Cli cli;

    @BeforeAll
    static void start() {
        plane = Plane.start(directory.resolve("plane"));
        cli = new Cli(plane.api());
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    @Test
    void saysTheValueOfNowWhenSomebodyWasFaster() throws Exception {
        String setting = "/v1/settings/tenant=gruenkost-de/rate-limit.burst";
        String etag = plane.create(setting, "{'value':10}").done().header("ETag");
        Cli.Run late;
        try (Overtaker overtaker = Overtaker.start(plane, () -> plane.replace(setting, etag, "{'value':20}"))) {
            late = new Cli(overtaker.url(), null)
                    .write("set", "tenant=gruenkost-de", "rate-limit.burst", "30")
                    .failed(1);
        }

        assertThat(late.err())
                .contains("setting/tenant=gruenkost-de/rate-limit.burst: is at version ")
                .containsPattern("it is now 20 \\(version \\d+\\)");
        assertThat(plane.get(setting).json().at("/body/value").asInt()).isEqualTo(20);
    }

    @Test
    void saysWhatTheServerRefused() {
        assertThat(cli.write("set", "tenant=gruenkost-de", "rate-limit.request", "5")
                        .failed(1)
                        .err())
                .contains("rate-limit.request is not a key", "did you mean rate-limit.requests?");
        assertThat(cli.write("set", "tenant=gruenkost-de", "rate-limit.requests", "0")
                        .failed(1)
                        .err())
                .contains("value: 0 is out of range; write a whole number of requests");
        assertThat(cli.write("set", "tenant=nobody", "rate-limit.requests", "5")
                        .failed(1)
                        .err())
                .contains("there is no tenant nobody");
        assertThat(cli.write("delete", "module", "auswertungen").failed(1).err())
                .contains("is still used by");
        assertThat(cli.run("explain", "nobody", "rate-limit.requests").failed(1).err())
                .contains("there is no tenant nobody");
        assertThat(cli.run("get", "gadget").failed(1).err())
                .contains("there is no kind gadget", "use one of org, tenant");
        assertThat(cli.run("get", "effective", "frischwerk-de", "--route", "hilfe")
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

        Cli.Run refused = cli.write("apply", "-f", file.toString()).failed(1);

        assertThat(refused.err().lines())
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).startsWith(file + ", document 1, line 1: tenant/a: hosts[0]: "))
                .anySatisfy(line -> assertThat(line)
                        .startsWith(file + ", document 2, line 2: setting/global/rate-limit.period: value: "))
                .anySatisfy(line -> assertThat(line)
                        .startsWith(file + ", document 3, line 3: setting/nowhere/rate-limit.burst: scope: "));
        assertThat(plane.revision()).isEqualTo(before);
    }

    @Test
    void doesNotUndoWhatWasChangedSince() throws Exception {
        Path file = Files.writeString(directory.resolve("stale.json"), """
                {"kind": "org", "id": "gruenkost", "body": {"name": "New"}}
                """);
        long revision = cli.write("apply", "-f", file.toString()).done().revision();
        Files.writeString(file, """
                {"kind": "org", "id": "gruenkost", "body": {"name": "Newer"}}
                """);
        cli.write("apply", "-f", file.toString()).done();

        assertThat(cli.write("undo", Long.toString(revision)).failed(1).err())
                .contains("org/gruenkost: was changed after revision " + revision, "gatewright history org gruenkost");
    }

    @Test
    void endsWithTwoWhenTheCommandIsWrong() {
        cli.run("set", "global", "rate-limit.requests", "5").failed(2);
        cli.write("set", "global", "rate-limit.requests").failed(2);
        cli.write("set", "global", "rate-limit.requests", "5", "6").failed(2);
        cli.run("get").failed(2);
        cli.run("history", "--limit", "many").failed(2);
        cli.run("status", "frischwerk-de", "--wait", "5s").failed(2);
        cli.run("explain", "frischwerk-de").failed(2);
        cli.write("apply", "-f", directory.resolve("nowhere.json").toString()).failed(1); // 2 are changes of a dry run
        cli.run("dance").failed(2);
    }

    @Test
    void saysThatNobodyListens() {
        String server = "http://127.0.0.1:" + Ports.free();

        assertThat(new Cli(server, null).run("gateways").failed(1).err())
                .contains("cannot reach " + server, "gatewright serve");
    }
}
