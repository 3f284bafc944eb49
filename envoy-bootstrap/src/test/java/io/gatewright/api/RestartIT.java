package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends, orderly and not, and what the next start finds. */
final class RestartIT {
    private static final String ORG = "/v1/documents/org/acme";

    @TempDir
    private Path directory;

    private final int port = Ports.free();
    private ApiClient api;

    @BeforeEach
    void find() {
        api = new ApiClient("http://127.0.0.1:" + port, directory.resolve("data/api-token"));
    }

    private Serve serve() throws Exception {
        return Serve.start(
                        directory,
                        Map.of(),
                        "--data-dir=" + directory.resolve("data"),
                        "--http-port=" + port,
                        "--xds-port=" + Ports.free())
                .ready(api);
    }

    private Path pidFile() {
        return directory.resolve("data/postgres/postmaster.pid");
    }

    private ProcessHandle postgres() throws IOException {
        long pid = Long.parseLong(Files.readAllLines(pidFile()).getFirst().trim());
        return ProcessHandle.of(pid).orElseThrow();
    }

    private void write() {
        assertThat(api.send("PUT", ORG, "{\"name\":\"Acme\"}", "If-None-Match", "*", "Change-Reason", "first")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void keepsItsDataOverAnOrderlyEnd() throws Exception {
        ProcessHandle postgres;
        try (Serve first = serve()) {
            write();
            postgres = postgres();
            Serve.End end = first.terminate();
            assertThat(end.problems()).isEmpty();
            assertThat(end.all())
                    .doesNotContain("Exception")
                    .doesNotContain("ERROR")
                    .doesNotContain("WARN");
        }
        postgres.onExit().get(20, TimeUnit.SECONDS);
        assertThat(pidFile()).doesNotExist();

        try (Serve second = serve()) {
            assertThat(api.get(ORG).at("/body/name").asText()).isEqualTo("Acme");
            assertThat(api.get("/v1/revisions").path("revisions")).hasSize(1);
            second.terminate();
        }
        assertThat(pidFile()).doesNotExist();
    }

    @Test
    void takesOverThePostgresThatAKilledProcessLeft() throws Exception {
        ProcessHandle postgres;
        try (Serve first = serve()) {
            write();
            postgres = postgres();
            first.kill();
        }
        assertThat(postgres.isAlive()).isTrue();

        try (Serve second = serve()) {
            assertThat(postgres()).isEqualTo(postgres);
            assertThat(api.get(ORG).at("/body/name").asText()).isEqualTo("Acme");
            Serve.End end = second.terminate();
            assertThat(end.problems()).isEmpty();
            assertThat(end.all())
                    .doesNotContain("Exception")
                    .doesNotContain("ERROR")
                    .doesNotContain("WARN");
        }
        postgres.onExit().get(20, TimeUnit.SECONDS);
        assertThat(pidFile()).doesNotExist();
    }

    @Test
    void leavesNothingBehindWhenEphemeral() throws Exception {
        try (Serve serve = Serve.start(
                        directory,
                        Map.of(),
                        "--ephemeral",
                        "--data-dir=" + directory.resolve("data"),
                        "--http-port=" + port,
                        "--xds-port=" + Ports.free())
                .ready(api)) {
            write();
            serve.terminate();
        }
        assertThat(directory.resolve("data")).isEmptyDirectory();
    }
}
