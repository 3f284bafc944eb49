package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The past, over the API and the command line: looked at, compared, gone back to, and proved. */
final class PastApiIT {
    private static final String LIMIT = "/v1/settings/tenant=gruenkost-de/rate-limit.requests";

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

    /** Sets the limit, whatever it was, and returns the revision. */
    private static long limit(int requests) {
        return cli.write("set", "tenant=gruenkost-de", "rate-limit.requests", Integer.toString(requests))
                .done()
                .revision();
    }

    private static String timeOf(long revision) {
        return plane.get("/v1/revisions/" + revision).done().json().path("at").asText();
    }

    @Test
    void showsEverythingAsOfARevisionAndOfATime() {
        long before = limit(31);
        limit(32);

        for (String at : new String[] {Long.toString(before), timeOf(before)}) {
            assertThat(plane.get(LIMIT + "?at=" + at)
                            .done()
                            .json()
                            .at("/body/value")
                            .asInt())
                    .isEqualTo(31);
            assertThat(plane.get(LIMIT + "?at=" + at).header("ETag")).isEqualTo("\"" + before + "\"");
            assertThat(plane.get("/v1/documents/setting/tenant=gruenkost-de/rate-limit.requests?at=" + at)
                            .done()
                            .json()
                            .at("/body/value")
                            .asInt())
                    .isEqualTo(31);
            JsonNode effective = plane.get("/v1/effective?tenant=gruenkost-de&at=" + at)
                    .done()
                    .json();
            assertThat(effective.path("revision").asLong()).isEqualTo(before);
            assertThat(effective.at("/values/rate-limit.requests").asInt()).isEqualTo(31);
            assertThat(plane.get("/v1/explain?tenant=gruenkost-de&key=rate-limit.requests&at=" + at)
                            .done()
                            .json()
                            .path("effective")
                            .asInt())
                    .isEqualTo(31);
            assertThat(plane.get("/v1/revisions?limit=1&at=" + at)
                            .done()
                            .json()
                            .at("/revisions/0/revision")
                            .asLong())
                    .isEqualTo(before);
            assertThat(plane.get("/v1/documents/tenant?at=" + at).done().json().path("documents"))
                    .isEqualTo(plane.get("/v1/documents/tenant").done().json().path("documents"));
        }
        assertThat(cli.run("get", "setting", "tenant=gruenkost-de/rate-limit.requests", "--at", timeOf(before))
                        .done()
                        .out())
                .containsPattern("value +31");
        assertThat(plane.get(LIMIT).done().json().at("/body/value").asInt()).isEqualTo(32);
    }

    @Test
    void hadNothingBeforeTheFirstRevision() {
        assertThat(plane.get("/v1/documents/tenant?at=0").done().json().path("documents"))
                .isEmpty();
        assertThat(plane.get("/v1/documents/tenant?at=2000-01-01T00:00:00Z")
                        .done()
                        .json()
                        .path("revision")
                        .asLong(-1))
                .isZero();
        assertThat(plane.get("/v1/effective?tenant=gruenkost-de&at=0")
                        .problem(404)
                        .path("field")
                        .asText())
                .isEqualTo("tenant");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yesterday                 | 400 | is neither a revision nor a time",
                "-1                        | 400 | is neither a revision nor a time",
                "2026-05-04                | 400 | is neither a revision nor a time",
                "2026-05-04T06:00:00       | 400 | is neither a revision nor a time",
                "2026-13-04T06:00:00Z      | 400 | is neither a revision nor a time",
                "2999-01-01T00:00:00Z      | 400 | is still to come",
                "99999999999999999999      | 400 | is not a whole number",
                "999999                    | 404 | there is no revision 999999"
            })
    void refusesATimeThatIsNone(String at, int status, String message) {
        for (String path : new String[] {
            "/v1/documents/org?",
            "/v1/documents/org/frischwerk?",
            "/v1/settings/global/rate-limit.requests?",
            "/v1/effective?tenant=gruenkost-de&",
            "/v1/explain?tenant=gruenkost-de&key=rate-limit.requests&",
            "/v1/revisions?"
        }) {
            JsonNode problem = plane.refused(status, () -> plane.get(path + "at=" + at));
            assertThat(problem.path("field").asText()).isEqualTo("at");
            assertThat(problem.path("message").asText()).startsWith(message);
        }
    }

    @Test
    void comparesTwoRevisions() {
        long first = limit(41);
        long second = limit(42);
        String path = "/v1/revisions/" + second + "/diff";

        JsonNode alone = plane.get(path).done().json();
        assertThat(alone.path("from").asLong()).isEqualTo(second - 1);
        assertThat(alone.at("/differences/0/old/value").asInt()).isEqualTo(41);
        assertThat(alone.at("/differences/0/new/value").asInt()).isEqualTo(42);
        assertThat(plane.get("/v1/revisions/" + first + "/diff?from=" + second)
                        .done()
                        .json()
                        .at("/differences/0/new/value")
                        .asInt())
                .isEqualTo(41);
        assertThat(plane.get(path + "?from=0").done().json().path("differences").size())
                .isGreaterThan(10);
        assertThat(cli.run("diff", Long.toString(second)).done().out())
                .containsPattern("setting/tenant=gruenkost-de/rate-limit.requests +" + second + " +41 +42");
        assertThat(plane.refused(404, () -> plane.get(path + "?from=999999"))
                        .path("field")
                        .asText())
                .isEqualTo("from");
        assertThat(plane.refused(400, () -> plane.get(path + "?from=x"))
                        .path("field")
                        .asText())
                .isEqualTo("from");
    }

    @Test
    void goesBackAfterShowingWhatThatChanges() throws Exception {
        long good = limit(51);
        cli.write("set", "tenant=gruenkost-de", "rate-limit.burst", "5").done();
        limit(52);
        long newest = plane.revision();
        String path = "/v1/revisions/" + good + "/rollback";

        Answer preview = plane.send("POST", path + "?dryRun=true", null).done();
        assertThat(preview.json().at("/changes/deleting/0/id").asText())
                .isEqualTo("tenant=gruenkost-de/rate-limit.burst");
        assertThat(preview.json().at("/changes/updating/0/new/value").asInt()).isEqualTo(51);
        assertThat(preview.header("ETag")).isEqualTo("\"" + newest + "\"");
        assertThat(plane.revision()).isEqualTo(newest);

        plane.refused(428, () -> plane.send("POST", path, null, "Change-Reason", "test"));
        plane.refused(
                412, () -> plane.send("POST", path, null, "Change-Reason", "test", "If-Match", "\"" + good + "\""));
        plane.refused(400, () -> plane.send("POST", path, null, "If-Match", preview.header("ETag")));
        plane.refused(404, () -> plane.send("POST", "/v1/revisions/999999/rollback?dryRun=true", null));
        plane.refused(400, () -> plane.send("POST", path + "?dryRun=maybe", null));
        plane.refused(400, () -> plane.send("POST", "/v1/revisions/last/rollback", null));

        assertThat(cli.run("rollback", Long.toString(good), "--dry-run").done().out())
                .contains("remove  setting/tenant=gruenkost-de/rate-limit.burst");
        assertThat(plane.revision()).isEqualTo(newest);
        Cli.Run rolled = cli.write("rollback", Long.toString(good), "--yes");
        assertThat(rolled.code()).isZero();
        assertThat(rolled.err()).contains("from revision " + newest + " back to " + good);
        assertThat(plane.get("/v1/revisions/" + rolled.revision() + "/diff?from=" + good)
                        .done()
                        .json()
                        .path("differences"))
                .isEmpty();
        assertThat(plane.get("/v1/revisions/" + rolled.revision())
                        .done()
                        .json()
                        .path("reason")
                        .asText())
                .isEqualTo("für den Test");
        assertThat(plane.send("POST", path + "?dryRun=true", null)
                        .done()
                        .json()
                        .at("/summary/total")
                        .asInt())
                .isZero();
        assertThat(plane.send("POST", path, null, "Change-Reason", "again", "If-Match", "\"" + rolled.revision() + "\"")
                        .done()
                        .json()
                        .path("unchanged")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void saysWhoIsToAskAboutEachEffectiveValue() {
        long revision = limit(61);

        JsonNode blame = plane.get("/v1/effective?tenant=gruenkost-de&blame=true")
                .done()
                .json()
                .path("blame");
        JsonNode values = plane.get("/v1/effective?tenant=gruenkost-de").done().json();
        assertThat(values.has("blame")).isFalse();
        values.path("values")
                .fieldNames()
                .forEachRemaining(
                        key -> assertThat(blame.path(key).isArray()).as(key).isTrue());
        JsonNode limit = blame.at("/rate-limit.requests/0");
        assertThat(blame.path("rate-limit.requests")).hasSize(1);
        assertThat(limit.path("scope").asText()).isEqualTo("tenant=gruenkost-de");
        assertThat(limit.path("revision").asLong()).isEqualTo(revision);
        assertThat(limit.path("reason").asText()).isEqualTo("für den Test");
        assertThat(limit.path("at").asText()).isEqualTo(timeOf(revision));
        assertThat(blame.path("cors.allowed-origins").findValuesAsText("scope"))
                .containsExactly("global", "tenant=gruenkost-de");
        assertThat(blame.path("idempotency.ttl")).as("nobody set it").isEmpty();
        assertThat(cli.run("get", "effective", "gruenkost-de", "--blame").done().out())
                .containsPattern("rate-limit.requests +61 +tenant=gruenkost-de +" + revision + " .*für den Test");
        plane.refused(400, () -> plane.get("/v1/effective?tenant=gruenkost-de&blame=yes"));
    }

    @Test
    void exportsAHistoryThatProvesItself() throws Exception {
        limit(71);
        String kept = plane.get("/v1/revisions?limit=1")
                .done()
                .json()
                .at("/revisions/0/hash")
                .asText();
        limit(72);
        Path file = directory.resolve("audit.ndjson");
        Path part = directory.resolve("part.ndjson");

        assertThat(cli.run("audit", "export", file.toString()).done().out()).contains("are intact\nhead ");
        cli.run("audit", "export", part.toString(), "--from", "2", "--to", "3").done();
        cli.run("audit", "verify", file.toString(), "--head", kept).done();
        assertThat(cli.run("audit", "verify").done().out()).startsWith("the registry: revisions 1 to ");

        byte[] bytes = Files.readAllBytes(file);
        int place = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\"revision\":2,") + 15;
        bytes[place] ^= 1;
        Files.write(file, bytes);
        assertThat(cli.run("audit", "verify", file.toString()).failed(1).err()).contains("altered at revision 2");
        Answer export = plane.get("/v1/audit/export");
        assertThat(export.header("Content-Type")).startsWith("application/x-ndjson");
        assertThat(export.header("Content-Disposition")).contains("gatewright-audit-1-");
    }

    @ParameterizedTest
    @CsvSource({"400, from=0", "400, from=999999", "400, from=x", "404, to=999999", "400, to=-1", "400, from=3&to=1"})
    void exportsNoRevisionsThatAreNotThere(int status, String query) {
        plane.refused(status, () -> plane.get("/v1/audit/export?" + query));
    }
}
