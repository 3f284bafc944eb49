package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every request: JSON, sizes, methods, and what operators look at. */
final class HttpApiIT {
    private static final String ORG = "/v1/documents/org/big";
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    private static Path directory;

    private static Plane plane;

    @BeforeAll
    static void start() {
        plane = Plane.start(directory);
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                cut off         | {'name':                    | line 1, column
                a comma more    | {'name':'x',}               | line 1, column 13
                a field twice   | {'name':'x','name':'y'}     | Duplicate field 'name'
                two documents   | {'name':'x'} {'name':'y'}   | line 1, column
                no JSON at all  | name=x                      | line 1, column
                """)
    void saysWhereABodyIsNotJson(String what, String body, String said) {
        assertThat(Plane.sentence(plane.refused(400, () -> plane.create(ORG, body))))
                .contains("body; ", said);
        plane.refused(400, () -> plane.send("POST", "/v1/changesets", body));
    }

    @Test
    void saysTheLineOfABodyOfSeveral() {
        assertThat(Plane.sentence(plane.refused(400, () -> plane.create(ORG, "{\n  'name': 'x'\n  'more': 1}"))))
                .contains("line 3, column 3");
    }

    @Test
    void refusesABodyThatIsNestedTooDeep() {
        String deep = "[".repeat(40) + "]".repeat(40);

        plane.refused(400, () -> plane.create(ORG, "{'name':" + deep + "}"));
    }

    @Test
    void refusesAnEmptyBody() {
        assertThat(plane.refused(400, () -> plane.send("PUT", ORG, null, "If-None-Match", "*", "Change-Reason", "test"))
                        .path("message")
                        .asText())
                .isEqualTo("is empty");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 15})
    void refusesALargeBody(int mebibytes) {
        byte[] body = large(mebibytes);

        JsonNode announced = plane.refused(413, () -> put(BodyPublishers.ofByteArray(body)));
        JsonNode chunked =
                plane.refused(413, () -> put(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));

        assertThat(announced).isEqualTo(chunked);
        assertThat(Plane.sentence(announced)).contains("body", "1048576 bytes", "several change sets");
        plane.get(ORG).problem(404);
    }

    @Test
    void refusesALargeChangeSet() {
        String body = new String(large(17), StandardCharsets.US_ASCII);

        assertThat(Plane.sentence(plane.refused(413, () -> plane.send("POST", "/v1/changesets", body))))
                .contains("16777216 bytes", "several change sets");
    }

    private static byte[] large(int mebibytes) {
        byte[] body = new byte[mebibytes * MEBIBYTE];
        Arrays.fill(body, (byte) 'x');
        byte[] start = "{\"name\":\"".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(start, 0, body, 0, start.length);
        return body;
    }

    private static Answer put(BodyPublisher body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(plane.api().base() + ORG))
                .header("Authorization", "Bearer " + plane.api().readToken())
                .header("If-None-Match", "*")
                .header("Change-Reason", "test")
                .PUT(body)
                .build();
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return new Answer(http.send(request, BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new AssertionError("no answer to a large body", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/nothing, 404, path",
        "GET, /nothing, 404, path",
        "POST, /v1/documents/org, 405, method",
        "PATCH, /v1/documents/org/frischwerk, 405, method",
        "DELETE, /v1/revisions/1, 405, method",
        "GET, /v1/changesets, 405, method",
    })
    void saysThatNothingIsThere(String method, String path, int status, String field) {
        assertThat(plane.refused(status, () -> plane.send(method, path, null))
                        .path("field")
                        .asText())
                .isEqualTo(field);
    }

    @Test
    void answersOnlyWithJson() {
        assertThat(plane.send("GET", "/v1/catalog", null, "Accept", "text/html")
                        .problem(406)
                        .path("field")
                        .asText())
                .isEqualTo("Accept");
    }

    @Test
    void refusesAReasonThatCannotBeRead() {
        assertThat(plane.refused(
                                400,
                                () -> plane.send(
                                        "PUT",
                                        ORG,
                                        "{'name':'x'}",
                                        "If-None-Match",
                                        "*",
                                        "Change-Reason",
                                        "UTF-8''%zz"))
                        .path("field")
                        .asText())
                .isEqualTo("reason");
        plane.refused(
                422,
                () -> plane.send("PUT", ORG, "{'name':'x'}", "If-None-Match", "*", "Change-Reason", "UTF-8''a%00b"));
    }

    @Test
    void isAlive() {
        assertThat(plane.get("/q/health/live").done().json().path("status").asText())
                .isEqualTo("UP");
    }

    @Test
    void isReadyWithEachThingItNeedsByName() {
        JsonNode health = plane.get("/q/health/ready").done().json();

        assertThat(health.path("status").asText()).isEqualTo("UP");
        assertThat(health.path("checks").findValuesAsText("name"))
                .containsExactlyInAnyOrder("database", "settings", "gateways");
    }

    @Test
    void countsForPrometheus() {
        assertThat(plane.api().text("/q/metrics"))
                .containsPattern("(?m)^gatewright_settings_revision " + plane.revision() + "\\.0$")
                .contains(
                        "gatewright_database_connected 1.0",
                        "gatewright_gateways_connected 0.0",
                        "gatewright_xds_resources{type=\"scoped_route\"}");
    }

    @Test
    void describesWhatTheReferenceDescribes() throws IOException {
        JsonNode paths = plane.get("/q/openapi?format=json").done().json().path("paths");

        List<String> served = new ArrayList<>();
        paths.properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method -> served.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(served)
                .contains("GET /v1/documents/{kind}/{id}", "PUT /v1/documents/{kind}/{id}")
                .containsExactlyInAnyOrderElementsOf(Files.readString(Path.of("../docs/api-reference.md"))
                        .lines()
                        .filter(line -> line.startsWith("### "))
                        .map(line -> line.replace("### ", "").replace("`", ""))
                        .toList());
        JsonNode put = paths.at("/~1v1~1documents~1{kind}~1{id}/put");
        assertThat(put.path("summary").asText()).isEqualTo("Writes one document");
        assertThat(put.path("parameters").findValuesAsText("name")).contains("kind", "id", "If-Match", "Change-Reason");
        assertThat(put.at("/responses/412/$ref").asText()).isEqualTo("#/components/responses/stale");
    }
}
