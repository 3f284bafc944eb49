package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.envoybootstrap.ApiClient;
import io.gatewright.envoybootstrap.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Without an issuer: the token of this machine opens the API, and nothing else does. */
final class LocalLoginIT {
    @TempDir
    private static Path directory;

    private static Plane plane;

    @BeforeAll
    static void start() {
        plane = Plane.empty(directory.resolve("plane"), "--api-requests=20");
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    private static Answer with(String authorization, String method, String path) {
        return plane.send(method, path, null, "Authorization", authorization);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/documents/org",
        "GET, /v1/catalog",
        "PUT, /v1/documents/org/acme",
        "POST, /v1/changesets",
        "POST, /v1/syncs",
        "GET, /v1/audit/export",
        "GET, /v1/nothing",
        "OPTIONS, /v1/documents/org",
        "GET, /v1",
        "GET, /v1//documents/org",
        "GET, //v1/documents/org",
        "GET, /v1;x=1/documents/org",
        "GET, /%761/documents/org",
        "GET, /nothing",
    })
    void refusesWhoeverHasNoToken(String method, String path) {
        Answer answer = with("", method, path);

        assertThat(Plane.sentence(answer.problem(401)))
                .contains("Authorization", "Bearer TOKEN", "printed at the start", "api-token");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"gatewright\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer ", "Bearer x", "Basic YTpi", "bearer%20"})
    void refusesAnotherToken(String authorization) {
        with(authorization, "GET", "/v1/catalog").problem(401);
        with(plane.api().readToken(), "GET", "/v1/catalog").problem(401);
        with("Bearer " + plane.api().readToken() + "x", "GET", "/v1/catalog").problem(401);
        with("Bearer " + plane.api().readToken().substring(1), "GET", "/v1/catalog")
                .problem(401);
    }

    @Test
    void takesTheTokenInWhateverCaseItsSchemeIsWritten() {
        with("bearer " + plane.api().readToken(), "GET", "/v1/catalog").done();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health/live", "/q/health/ready", "/q/metrics", "/q/openapi"})
    void leavesOpenWhatWatchersLookAt(String path) {
        assertThat(plane.api().send("GET", path, null).statusCode()).isEqualTo(200);
    }

    @Test
    void grantsNothingToPagesOfBrowsers() {
        Answer preflight = plane.send(
                "OPTIONS",
                "/v1/documents/org/acme",
                null,
                "Origin",
                "https://evil.example",
                "Access-Control-Request-Method",
                "PUT");
        Answer read = plane.send("GET", "/v1/catalog", null, "Origin", "https://evil.example");

        assertThat(preflight.header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(read.done().header("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void keepsTheTokenInAFileOfItsOwner() throws Exception {
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(plane.api().tokenFile())))
                .isEqualTo("rw-------");
    }

    @Test
    void slowsDownWhoeverCallsTooOften() {
        Answer last = plane.get("/v1/catalog");
        for (int i = 0; i < 10_000 && last.status() == 200; i++) {
            last = plane.get("/v1/catalog");
        }

        assertThat(Plane.sentence(last.problem(429))).contains("calls more than 20 times a second", "Retry-After");
        assertThat(last.header("Retry-After")).isEqualTo("1");
        assertThat(plane.api().send("GET", "/q/health/live", null).statusCode()).isEqualTo(200);
    }

    @Test
    void printsTheTokenOnceAndMakesAnotherAtTheNextStart() throws Exception {
        int port = Ports.free();
        Path data = directory.resolve("data");
        String[] flags = {"--data-dir=" + data, "--http-port=" + port, "--xds-port=" + Ports.free()};
        ApiClient api = new ApiClient("http://127.0.0.1:" + port, data.resolve("api-token"));
        String first;
        try (Serve serve = Serve.start(directory, Map.of(), flags).ready(api)) {
            first = api.readToken();
            api.get("/v1/catalog");
            api.send("GET", "/v1/catalog", null, "Authorization", "Bearer no");
            assertThat(Pattern.compile(Pattern.quote(first))
                            .matcher(serve.terminate().all())
                            .results())
                    .hasSize(1);
        }
        assertThat(data.resolve("api-token")).doesNotExist();
        try (Serve serve = Serve.start(directory, Map.of(), flags).ready(api)) {
            assertThat(api.readToken()).isNotEmpty().isNotEqualTo(first);
            assertThat(api.send("GET", "/v1/catalog", null, "Authorization", "Bearer " + first)
                            .statusCode())
                    .isEqualTo(401);
            api.get("/v1/catalog");
            serve.terminate();
        }
    }

    @Test
    void tellsTheCommandLineWhereToFindIt() {
        assertThat(new Cli(plane.api().base(), directory.resolve("nowhere"))
                        .run("gateways")
                        .failed(2)
                        .err())
                .contains("the token file", "cannot be read", "--token-file");
        assertThat(new Cli(plane.api()).run("gateways").done().out()).isNotBlank();
    }
}
