package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApplyTest {
    private static final String HELD = """
        {'revision':7,'documents':[
        {'kind':'org','id':'acme','version':3,'body':{'name':'Acme'}},
        {'kind':'org','id':'old','version':4,'body':{'name':'Old'}},
        {'kind':'setting','id':'global/rate-limit.requests','version':5,'body':{'value':600}}]}""";

    @TempDir
    Path directory;

    private final FakeControlPlane plane;

    ApplyTest() throws IOException {
        plane = new FakeControlPlane()
                .on("GET /v1/export", 200, HELD)
                .on("POST /v1/changesets", 200, "{'revision':8,'documents':[{'kind':'org','id':'old','body':null}]}");
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    private String file(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text).toString();
    }

    private FakeControlPlane.Run apply(String... options) {
        String[] words = new String[options.length + 5];
        System.arraycopy(new String[] {"apply", "-f", directory.toString(), "--reason", "x"}, 0, words, 0, 5);
        System.arraycopy(options, 0, words, 5, options.length);
        return plane.run(words);
    }

    private JsonNode changes() {
        return plane.last().body().path("changes");
    }

    @Test
    void sendsAllFormsOfAFileInOneChangeWithTheVersionsItHasRead() throws Exception {
        String file = file("all.yaml", """
                # two forms, three documents
                kind: org
                id: acme
                body: {name: Acme AG}
                ---
                documents:
                  - {kind: tenant, id: acme-de, body: {org: acme}}
                ---
                - {kind: org, id: old, body: null}
                """);

        FakeControlPlane.Run run = plane.run("apply", "-f", file, "--reason", "new");

        assertThat(run)
                .isEqualTo(new FakeControlPlane.Run(
                        0, "revision 8\nundo: gatewright undo 8 --reason '…'\nremoved org/old\n", ""));
        assertThat(plane.last().body())
                .hasToString("{\"reason\":\"new\",\"changes\":["
                        + "{\"kind\":\"org\",\"id\":\"acme\",\"expectedVersion\":3,\"body\":{\"name\":\"Acme AG\"}},"
                        + "{\"kind\":\"tenant\",\"id\":\"acme-de\",\"expectedVersion\":0,\"body\":{\"org\":\"acme\"}},"
                        + "{\"kind\":\"org\",\"id\":\"old\",\"expectedVersion\":4,\"body\":null}]}");
    }

    @Test
    void sendsNothingWhenNothingDiffers() throws Exception {
        file("a.yaml", "{kind: org, id: acme, body: {name: Acme}}");
        file("b.json", "[{\"kind\":\"org\",\"id\":\"gone-already\",\"body\":null}]");

        FakeControlPlane.Run run = apply();

        assertThat(run)
                .isEqualTo(new FakeControlPlane.Run(0, "revision 7 is as it should be, nothing was written\n", ""));
        assertThat(plane.lines()).containsExactly("GET /v1/export");
        assertThat(apply("--dry-run").code()).isZero();
    }

    @Test
    void readsFoldersButNotWhatIsHiddenOrOfOtherKinds() throws Exception {
        file("org/a.yml", "{kind: org, id: a, body: {name: A}}");
        file("org/deep/b.json", "{\"kind\":\"org\",\"id\":\"b\",\"body\":{\"name\":\"B\"}}");
        file("README.md", "no document");
        file(".git/c.yaml", "{kind: org, id: c, body: {name: C}}");
        file("org/.d.yaml", "{kind: org, id: d, body: {name: D}}");

        apply();

        assertThat(changes().findValuesAsText("id")).containsExactly("a", "b");
    }

    @Test
    void removesWhatNoFileDeclaresOnlyWhenItIsToldTo() throws Exception {
        file("a.yaml", "{kind: org, id: acme, body: {name: Acme}}");

        assertThat(apply("--prune").out()).contains("removed org/old");

        assertThat(changes())
                .hasToString(
                        "[{\"kind\":\"org\",\"id\":\"old\",\"expectedVersion\":4,\"body\":null},"
                                + "{\"kind\":\"setting\",\"id\":\"global/rate-limit.requests\",\"expectedVersion\":5,\"body\":null}]");
    }

    @Test
    void removesEverythingOnlyWithASecondFlag() throws Exception {
        file("notes.yaml", "# nothing here yet\n");

        assertThat(apply().err()).contains("holds no documents; write kind, id and body");
        FakeControlPlane.Run refused = apply("--prune");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("--prune would remove all 3 of the registry", "--allow-empty");
        assertThat(plane.lines()).doesNotContain("POST /v1/changesets");

        assertThat(apply("--prune", "--allow-empty").code()).isZero();
        assertThat(changes()).hasSize(3);
    }

    @Test
    void saysInADryRunWhatWouldChangeAndEndsWithTwo() throws Exception {
        file("a.yaml", "{kind: setting, id: global/rate-limit.requests, body: {value: 900}}");
        plane.on("POST /v1/changesets?dryRun=true", 200, """
                {'dryRun':true,'revision':7,'changes':{'creating':[],
                'updating':[{'kind':'setting','id':'global/rate-limit.requests','old':{'value':600},'new':{'value':900}}],
                'deleting':[{'kind':'org','id':'old','old':{'name':'Old'}}]},
                'summary':{'creating':0,'updating':1,'deleting':1,'total':2}}""");

        FakeControlPlane.Run run = plane.run("apply", "-f", directory.toString(), "--dry-run");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("""
                WHAT    DOCUMENT                            NOW             THEN
                update  setting/global/rate-limit.requests  600             900
                remove  org/old                             {"name":"Old"}
                0 to create, 1 to update, 1 to remove; nothing was written
                """);
        assertThat(plane.last().body().has("reason")).isFalse();
    }

    @Test
    void endsADryRunWithZeroWhenTheServerSeesNoDifference() throws Exception {
        file("a.yaml", "{kind: org, id: acme, body: {name: Acme, note: left out by the server}}");
        plane.on("POST /v1/changesets?dryRun=true", 200, """
                {'dryRun':true,'changes':{'creating':[],'updating':[],'deleting':[]},
                'summary':{'creating':0,'updating':0,'deleting':0,'total':0}}""");

        assertThat(apply("--dry-run").code()).isZero();
    }

    @Test
    void endsWithOneAfterEveryErrorSoThatNoneLooksLikeChanges() throws Exception {
        assertThat(plane.run("apply", "--dry-run").code()).isEqualTo(1);
        assertThat(plane.run("apply", "-f", "nowhere", "--dry-run").code()).isEqualTo(1);
        file("a.yaml", "{kind: org");
        assertThat(apply("--dry-run").code()).isEqualTo(1);
        assertThat(plane.lines()).isEmpty();
    }

    @Test
    void saysEverythingThatIsWrongWithFilesBeforeAskingTheServer() throws Exception {
        String one = file("1.yaml", """
                kind: org
                id: a
                body: {name: A}
                ---
                kind: org
                name: b
                body: {name: B}
                """);
        String two = file("2.json", "{\"documents\": [\n  {\"kind\": \"org\", \"id\": \"a\", \"body\": 7},\n  3]}");
        String three = file("3.yaml", "kind: org\nid: a\nid: b\n");
        String four = file("4.yaml", "- {kind: org, id: a, body: {name: again}}\n");

        FakeControlPlane.Run run = apply();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines())
                .containsExactly(
                        one + ", document 2, line 5: name: is not a field of a document; use kind, id, body",
                        one
                                + ", document 2, line 5: id: is missing; name the document, in quotes when it looks like a number",
                        two
                                + ", document 1, line 2: body: is not an object; write the document's fields, or null for a "
                                + "document that shall not be there",
                        two + ", document 2, line 3: is not a document; write an object with kind, id and body",
                        three + ", document 1, line 3: is not YAML: the field id is written twice; correct it there",
                        four + ", document 1, line 1: org/a: stands already in " + one
                                + ", document 1, line 1; write each document once");
        assertThat(plane.lines()).isEmpty();
    }

    @Test
    void saysWhereInTheFilesTheServerSawAProblem() throws Exception {
        String file = file("a.yaml", """
                kind: org
                id: b
                body: {name: B}
                ---
                - {kind: gadget, id: g, body: {}}
                - {kind: tenant, id: t, body: {org: b, hosts: [NO]}}
                """);
        plane.on("POST /v1/changesets", 422, """
                {'problems':[{'field':'changes[1].kind','message':'is not a kind','fix':'use one of org'},
                {'field':'tenant/t: hosts[0]','message':'is no host','fix':'write it in lower case'},
                {'field':'changes','message':'is odd','fix':'mend it'}]}""");

        FakeControlPlane.Run run = apply();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines())
                .containsExactly(
                        file + ", document 2, line 5: gadget/g: kind: is not a kind; use one of org",
                        file + ", document 3, line 6: tenant/t: hosts[0]: is no host; write it in lower case",
                        "changes: is odd; mend it");
    }

    @Test
    void saysWhatIsThereNowWhenSomebodyWasFaster() throws Exception {
        String file = file("a.yaml", "kind: org\nid: acme\nbody: {name: New}\n");
        plane.on("POST /v1/changesets", 412, """
                {'problems':[{'field':'org/acme','message':'is at version 9, not 3','fix':'read it again'}],
                'current':{'kind':'org','id':'acme','version':9,'body':{'name':'Other'}}}""");

        assertThat(apply().err().lines())
                .containsExactly(
                        file + ", document 1, line 1: org/acme: is at version 9, not 3; read it again",
                        "it is now {\"name\":\"Other\"} (version 9); look at it, then try again");
    }

    @Test
    void saysTheFirstFiftyProblemsOfMany() throws Exception {
        file("a.yaml", "- {kind: org, body: {}}\n".repeat(60));

        assertThat(apply().err().lines()).hasSize(51).endsWith("and 10 more like these");
    }

    @Test
    void saysThatAnExportWasCutOff() throws Exception {
        file("a.yaml", "kind: org\nid: acme\nbody: {name: New}\n");
        plane.on("GET /v1/export", 200, HELD.substring(0, 120));

        FakeControlPlane.Run run = apply("--prune");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("its answer was cut off");
        assertThat(plane.lines()).containsExactly("GET /v1/export");
    }

    @Test
    void saysHowFarItIsWhenThereIsMuch() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            many.append("- {kind: org, id: o%d, body: {name: O}}\n".formatted(i));
        }
        file("many.yaml", many.toString());

        FakeControlPlane.Run run = apply();

        assertThat(run.code()).isZero();
        assertThat(run.err().lines())
                .startsWith(
                        "gatewright: 1000 documents read from 1 file",
                        "gatewright: 1000 of them differ from revision 7",
                        "gatewright: asking the control plane to check and write them as one revision");
    }
}
