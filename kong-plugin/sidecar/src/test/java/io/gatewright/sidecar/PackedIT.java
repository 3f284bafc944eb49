package io.gatewright.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the build has packed, as a process of its own. */
@Timeout(120)
final class PackedIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Pattern STATUS = Pattern.compile("event=status_port_open address=\\S*:([0-9]+)");

    @TempDir
    Path directory;

    @Test
    void startsFromItsCacheOfClassesAndEndsWhenItIsAskedTo() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().setServerConfig("fsync", "on").start()) {
            String url = postgres.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
            io.gatewright.registry.Migrations.migrate(url, "postgres", "postgres");
            io.gatewright.guard.store.Migrations.migrate(url, "postgres", "postgres");
            Process process = start(url);
            try (BufferedReader output = process.inputReader()) {
                String port = await(output, STATUS).group(1);
                await(output, Pattern.compile("event=sidecar_serves"));
                assertThat(Files.isSymbolicLink(directory.resolve("guard.sock")))
                        .isTrue();
                assertThat(directory.resolve("kong.sock")).exists();
                assertThat(status(port, "/q/health/live")).isEqualTo(200);
                assertThat(status(port, "/q/metrics")).isEqualTo(200);
                process.destroy();
                assertThat(process.waitFor()).isEqualTo(128 + 15);
                assertThat(directory.resolve("guard.sock")).doesNotExist();
                assertThat(directory.resolve("kong.sock")).doesNotExist();
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    /** With {@code AOTMode=on} a JVM that cannot use the cache ends instead of doing without. */
    private Process start(String url) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:AOTCache=" + TARGET.resolve("gatewright-sidecar.aot"),
                        "-XX:AOTMode=on",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-jar",
                        TARGET.resolve("gatewright-sidecar.jar").toString()))
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "GATEWRIGHT_GUARD_SOCKET",
                        directory.resolve("guard.sock").toString(),
                        "GATEWRIGHT_KONG_SOCKET",
                        directory.resolve("kong.sock").toString(),
                        "GATEWRIGHT_DB_URL",
                        url,
                        "GATEWRIGHT_DB_USER",
                        "postgres",
                        "GATEWRIGHT_DB_PASSWORD",
                        "postgres",
                        "GATEWRIGHT_PEPPER",
                        Base64.getEncoder().encodeToString(new byte[32]),
                        "GATEWRIGHT_DATA_DIR",
                        directory.toString(),
                        "GATEWRIGHT_STATUS_ADDRESS",
                        "127.0.0.1:0"));
        return builder.start();
    }

    private static Matcher await(BufferedReader output, Pattern what) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher matcher = what.matcher(line);
            if (matcher.find()) {
                return matcher;
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("The sidecar ended; it had said:\n" + said);
    }

    private static int status(String port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .build();
            return client.send(request, BodyHandlers.discarding()).statusCode();
        }
    }
}
