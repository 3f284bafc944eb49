package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.envoybootstrap.Ports;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A start that cannot be: one sentence for each problem, and an exit code. */
final class StartupIT {
    private static final String PASSWORD = "seeded-secret-of-the-database";
    private static final Pattern STACK_TRACE = Pattern.compile("(?m)^\\s+at |Exception|Caused by");

    @TempDir
    private Path directory;

    private List<String> refused(int code, Map<String, String> environment, String... flags) throws Exception {
        Serve.End end = Serve.run(directory, environment, flags);

        assertThat(end.code()).as(end.all()).isEqualTo(code);
        assertThat(end.all()).doesNotContainPattern(STACK_TRACE).doesNotContain(PASSWORD);
        assertThat(end.problems()).isNotEmpty().allMatch(line -> line.startsWith("gatewright: "));
        assertThat(end.all().lines()).as("nothing but the problems").hasSameSizeAs(end.problems());
        return end.problems();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http-port", "--xds-port"})
    void saysThatAPortIsInUse(String flag) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String other = flag.equals("--http-port") ? "--xds-port" : "--http-port";

            List<String> problems =
                    refused(1, Map.of(), "--ephemeral", flag + "=" + taken.getLocalPort(), other + "=" + Ports.free());

            assertThat(problems)
                    .singleElement()
                    .asString()
                    .contains("Port " + taken.getLocalPort() + " on 127.0.0.1 is in use", "choose another", flag);
        }
    }

    @Test
    void saysThatNoDatabaseIsThere() throws Exception {
        List<String> problems = refused(
                1,
                Map.of("GATEWRIGHT_DB_PASSWORD", PASSWORD),
                "--db-url=jdbc:postgresql://127.0.0.1:" + Ports.free() + "/gatewright",
                "--db-user=gatewright");

        assertThat(problems)
                .singleElement()
                .asString()
                .contains("There is no Postgres to reach at jdbc:postgresql://127.0.0.1:", "start it or correct");
    }

    @Test
    void saysThatTheDatabaseRefusesThePassword() throws Exception {
        try (PasswordPostgres postgres = PasswordPostgres.start(directory)) {
            List<String> problems = refused(
                    1,
                    Map.of("GATEWRIGHT_DB_PASSWORD", PASSWORD),
                    "--db-url=" + postgres.url(),
                    "--db-user=" + postgres.user());

            assertThat(problems)
                    .singleElement()
                    .asString()
                    .contains("refuses the user " + postgres.user(), "correct the user or its password");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                --http-prot=1             | --http-prot is not a flag of this process; see docs/configuration.md
                --http-host=0.0.0.0       | --http-host is 0.0.0.0, which is not a loopback address; write 127.0.0.1, or name an issuer with --api-issuer
                --xds-host=example.com    | --xds-host is example.com, which is not a loopback address; write 127.0.0.1, or let Envoys come by TLS with --xds-certificate
                --xds-port=99999          | --xds-port is 99999; write port
                --reconcile-interval=5    | --reconcile-interval is 5; write ISO 8601 duration, PT1S to PT24H
                --db-pool-size=1          | --db-pool-size is 1; write connections, 2 to 200
                --log-format=xml          | --log-format is xml; write text or json
                --db-url=mysql://h/x      | --db-url is not a JDBC URL of Postgres; write jdbc:postgresql://host:5432/name
                --http-port               | --http-port needs a value
                """)
    void saysWhatIsWrongWithAFlag(String flag, String sentence) throws Exception {
        assertThat(refused(2, Map.of(), flag))
                .singleElement()
                .asString()
                .startsWith("gatewright: ")
                .contains(sentence);
    }

    @Test
    void saysAllThatIsWrongAtOnce() throws Exception {
        List<String> problems = refused(
                2,
                Map.of("GATEWRIGHT_KEYS_INTERVAL", "soon", "GATEWRIGHT_DB_PASSWROD", PASSWORD),
                "--nonsense=" + PASSWORD,
                "--ephemeral=perhaps");

        assertThat(problems).hasSize(4);
        assertThat(String.join("\n", problems))
                .contains("--keys-interval is soon", "GATEWRIGHT_DB_PASSWROD", "--nonsense", "--ephemeral is perhaps");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--ephemeral=false", "--ephemeral=true"})
    void saysThatTheDataDirectoryIsAFile(String ephemeral) throws Exception {
        Path file = Files.writeString(directory.resolve("a-file"), "not a directory");

        List<String> problems = refused(
                1,
                Map.of(),
                ephemeral,
                "--data-dir=" + file,
                "--http-port=" + Ports.free(),
                "--xds-port=" + Ports.free());

        assertThat(problems)
                .singleElement()
                .asString()
                .contains(file + " is a file, not a directory", "choose another --data-dir");
    }

    @Test
    void saysThatTheDataDirectoryHoldsSomethingElse() throws Exception {
        Path data = Files.createDirectories(directory.resolve("data/postgres"));
        Files.writeString(data.resolve("PG_VERSION"), "9.6\n");

        List<String> problems = refused(
                1,
                Map.of(),
                "--data-dir=" + data.getParent(),
                "--http-port=" + Ports.free(),
                "--xds-port=" + Ports.free());

        assertThat(problems)
                .singleElement()
                .asString()
                .contains("The embedded Postgres in ", "choose another --data-dir");
    }
}
