package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand documents in one change set, on a control plane that has 256 MiB of heap. */
final class ManyDocumentsIT {
    private static final int DOCUMENTS = 10_000;
    private static final int PER_FILE = 250;
    private static final String[] KEYS = {
        "rate-limit.requests", "rate-limit.burst", "headers.max-bytes", "body.max-bytes"
    };

    @TempDir
    private static Path directory;

    private static Serve serve;
    private static ApiClient api;
    private static Cli cli;

    @BeforeAll
    static void start() throws Exception {
        int port = Ports.free();
        api = new ApiClient("http://127.0.0.1:" + port, directory.resolve("data/api-token"));
        cli = new Cli(api);
        serve = Serve.start(
                        directory,
                        Map.of("JAVA_TOOL_OPTIONS", "-Xmx256m -XX:+ExitOnOutOfMemoryError"),
                        "--ephemeral",
                        "--data-dir=" + directory.resolve("data"),
                        "--http-port=" + port,
                        "--xds-port=" + Ports.free())
                .ready(api);
    }

    @AfterAll
    static void stop() throws Exception {
        serve.terminate();
        serve.close();
    }

    /** Ten orgs and as many tenants with four settings each as there is room for, {@value #PER_FILE} documents in a file. */
    private static Path files(String name, int documents) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            texts.add("kind: org\nid: %s-%d\nbody: {name: Org}\n".formatted(name, i));
        }
        for (int i = 0; texts.size() < documents; i++) {
            String tenant = "%s-%d-%d".formatted(name, i % 10, i);
            texts.add("kind: tenant\nid: %s\nbody: {org: %s-%d, hosts: [%s.example.com]}\n"
                    .formatted(tenant, name, i % 10, tenant));
            for (int key = 0; key < KEYS.length && texts.size() < documents; key++) {
                texts.add(
                        "kind: setting\nid: tenant=%s/%s\nbody: {value: %d}\n".formatted(tenant, KEYS[key], 4096 + i));
            }
        }
        Path folder = Files.createDirectories(directory.resolve(name));
        for (int i = 0; i < documents; i += PER_FILE) {
            String text = String.join("---\n", texts.subList(i, Math.min(documents, i + PER_FILE)));
            Files.writeString(folder.resolve("%04d.yaml".formatted(i / PER_FILE)), text);
        }
        return folder;
    }

    private static JsonNode newest() {
        return api.get("/v1/revisions?limit=1").path("revisions").path(0);
    }

    @Test
    void makesOneRevisionSaysHowFarItIsAndChangesNothingTheSecondTime() throws Exception {
        Path files = files("good", DOCUMENTS);
        long before = newest().path("revision").asLong();

        Cli.Run applied = cli.write("apply", "-f", files.toString());

        assertThat(applied.code()).as(applied.err()).isZero();
        assertThat(applied.err().lines())
                .startsWith(
                        "gatewright: 10000 documents read from 40 files",
                        "gatewright: 10000 of them differ from revision " + before,
                        "gatewright: asking the control plane to check and write them as one revision");
        assertThat(applied.revision()).isEqualTo(before + 1);
        assertThat(newest().path("revision").asLong()).isEqualTo(before + 1);
        assertThat(newest().path("changes")).hasSize(DOCUMENTS);
        Cli.Run again = cli.write("apply", "-f", files.toString(), "--prune");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.out()).contains("is as it should be, nothing was written");
        assertThat(cli.run("apply", "-f", files.toString(), "--prune", "--dry-run")
                        .code())
                .isZero();
    }

    @Test
    void writesNothingWhenOneOfThemIsWrongAndSaysWhich() throws Exception {
        Path files = files("bad", DOCUMENTS);
        Path last = files.resolve("0039.yaml");
        Files.writeString(last, Files.readString(last) + "---\nkind: org\nid: bad-last\nbody: {nmae: Last}\n");
        Files.delete(files.resolve("0038.yaml"));
        long before = newest().path("revision").asLong();

        String said = cli.write("apply", "-f", files.toString()).failed(1).err();

        assertThat(said)
                .contains(
                        last + ", document 251, line ",
                        ": org/bad-last: nmae: is not a field of this document; use one of name");
        assertThat(newest().path("revision").asLong()).isEqualTo(before);
    }

    @Test
    void refusesOneMoreThanItTakes() throws Exception {
        long before = newest().path("revision").asLong();

        assertThat(cli.write("apply", "-f", files("more", DOCUMENTS + 1).toString())
                        .failed(1)
                        .err())
                .endsWith("changes: has 10001 entries, more than 10000; split it into several change sets\n");
        assertThat(newest().path("revision").asLong()).isEqualTo(before);
    }
}
