package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WriteTest {
    private static final String LIMIT = "/v1/settings/tenant=acme-de,route=orders/create/rate-limit.requests";
    private static final String SCOPE = "tenant=acme-de,route=orders/create";
    private static final String CATALOG =
            "{'keys':[{'name':'rate-limit.requests','schema':{'type':'integer'}},{'name':'cors.allowed-origins','schema':{'type':'array'}}]}";

    @TempDir
    Path directory;

    private final FakeControlPlane plane;

    WriteTest() throws Exception {
        plane = new FakeControlPlane().on("GET /v1/catalog", 200, CATALOG);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void setsANewValueOnlyWhereNoneIs() {
        plane.on("PUT " + LIMIT, 200, "{'revision':7}");

        FakeControlPlane.Run run = plane.run("set", SCOPE, "rate-limit.requests", "1200", "--reason", "campaign");

        assertThat(run)
                .isEqualTo(new FakeControlPlane.Run(0, "revision 7\nundo: gatewright undo 7 --reason '…'\n", ""));
        assertThat(plane.lines()).containsExactly("GET /v1/catalog", "GET " + LIMIT, "PUT " + LIMIT);
        assertThat(plane.last().body()).hasToString("{\"value\":1200}");
        assertThat(plane.last().headers())
                .containsEntry("If-none-match", "*")
                .containsEntry("Change-reason", "campaign")
                .doesNotContainKey("If-match");
    }

    @Test
    void replacesOnlyTheVersionThatItHasRead() {
        plane.on("GET " + LIMIT, 200, "{'version':5,'body':{'value':600}}").on("PUT " + LIMIT, 200, "{'revision':8}");

        plane.run("set", SCOPE, "rate-limit.requests", "1200", "--reason", "für Ostern");

        assertThat(plane.last().headers())
                .containsEntry("If-match", "\"5\"")
                .containsEntry("Change-reason", "UTF-8''f%C3%BCr%20Ostern");
    }

    @Test
    void keepsBoundsAndValueThatItIsNotToldToChange() {
        plane.on("GET " + LIMIT, 200, "{'version':5,'body':{'value':600,'max':900}}")
                .on("PUT " + LIMIT, 200, "{'revision':8}");

        plane.run("set", SCOPE, "rate-limit.requests", "700", "--reason", "x");
        assertThat(plane.last().body()).hasToString("{\"value\":700,\"max\":900}");
        plane.run("set", SCOPE, "rate-limit.requests", "--lock", "--min", "5", "--max", "", "--reason", "x");
        assertThat(plane.last().body()).hasToString("{\"value\":600,\"locked\":true,\"min\":5}");

        FakeControlPlane.Run nothing = plane.run("set", SCOPE, "rate-limit.requests", "--reason", "x");
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err()).startsWith("name a VALUE, or one of --lock");
    }

    @Test
    void saysWhatIsThereNowWhenSomebodyWasFaster() {
        plane.on("GET " + LIMIT, 200, "{'version':5,'body':{'value':600}}")
                .on(
                        "PUT " + LIMIT,
                        412,
                        "{'title':'Changed','detail':'somebody changed it','current':{'version':6,'body':{'value':900}}}");

        FakeControlPlane.Run run = plane.run("set", SCOPE, "rate-limit.requests", "1200", "--reason", "x");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("Changed: somebody changed it\nit is now 900 (version 6); look at it, then try again\n");
    }

    @Test
    void saysEveryProblemWithItsFix() {
        plane.on(
                "PUT " + LIMIT,
                422,
                "{'problems':[{'field':'value','message':'0 is out of range','fix':'write 1 or more'},{'field':'','message':'second'}]}");

        FakeControlPlane.Run run = plane.run("set", SCOPE, "rate-limit.requests", "0", "--reason", "x");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("value: 0 is out of range; write 1 or more\nsecond\n");
    }

    @Test
    void refusesAWriteWithoutAReasonBeforeAskingTheServer() {
        FakeControlPlane.Run run = plane.run("set", SCOPE, "rate-limit.requests", "1");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("A change needs its reason");
        assertThat(plane.lines()).isEmpty();
    }

    @Test
    void unsetsTheVersionThatItHasRead() {
        plane.on("GET " + LIMIT, 200, "{'version':5,'body':{'value':600}}")
                .on("DELETE " + LIMIT, 200, "{'revision':9}");

        assertThat(plane.run("unset", SCOPE, "rate-limit.requests", "--reason", "over")
                        .code())
                .isZero();
        assertThat(plane.last().headers()).containsEntry("If-match", "\"5\"");
    }

    @Test
    void putsABodyWrittenInYaml() throws Exception {
        plane.on("PUT /v1/documents/org/acme", 200, "{'revision':2}");
        Path file = Files.writeString(directory.resolve("acme.yaml"), "name: Acme\n");

        assertThat(plane.run("put", "org", "acme", file.toString(), "--reason", "new")
                        .code())
                .isZero();
        assertThat(plane.last().body()).hasToString("{\"name\":\"Acme\"}");
    }

    @Test
    void undoesARevisionFromTheVersionsThatAreThere() {
        plane.on(
                        "GET /v1/revisions?before=8&limit=1",
                        200,
                        "{'revisions':[{'revision':7,'changes':[{'kind':'setting','id':'global/a','old':{'value':1},'new':{'value':2}},{'kind':'org','id':'acme','old':null,'new':{'name':'A'}}]}]}")
                .on("GET /v1/settings/global/a", 200, "{'version':7,'body':{'value':2}}")
                .on("GET /v1/documents/org/acme", 200, "{'version':7,'body':{'name':'A'}}")
                .on("POST /v1/changesets", 200, "{'revision':8}");

        assertThat(plane.run("undo", "7", "--reason", "wrong").code()).isZero();
        assertThat(plane.last().body().path("changes"))
                .hasToString("[{\"kind\":\"setting\",\"id\":\"global/a\",\"expectedVersion\":7,\"body\":{\"value\":1}},"
                        + "{\"kind\":\"org\",\"id\":\"acme\",\"expectedVersion\":7,\"body\":null}]");
    }

    @Test
    void doesNotUndoWhatWasChangedSince() {
        plane.on(
                        "GET /v1/revisions?before=8&limit=1",
                        200,
                        "{'revisions':[{'revision':7,'changes':[{'kind':'setting','id':'global/a','old':null,'new':{'value':2}}]}]}")
                .on("GET /v1/settings/global/a", 200, "{'version':9,'body':{'value':3}}");

        FakeControlPlane.Run run = plane.run("undo", "7", "--reason", "wrong");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("setting/global/a: was changed after revision 7");
    }
}
