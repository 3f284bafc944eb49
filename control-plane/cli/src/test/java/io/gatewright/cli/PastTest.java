package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.audit.AuditChain;
import io.gatewright.audit.AuditFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looking at the past, going back to it, and proving it. */
final class PastTest {
    private static final String PREVIEW =
            "{'dryRun':true,'revision':9,'changes':{'creating':[],'updating':[{'kind':'setting','id':'global/a','old':{'value':2},'new':{'value':1}}],'deleting':[{'kind':'org','id':'new','old':{'name':'N'}}]},'summary':{'creating':0,'updating':1,'deleting':1,'total':2}}";
    private static final String ROLLBACK = "POST /v1/revisions/4/rollback";

    @TempDir
    Path directory;

    private final FakeControlPlane plane;

    PastTest() throws Exception {
        plane = new FakeControlPlane().on(ROLLBACK + "?dryRun=true", 200, PREVIEW);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void showsWhatARollbackWouldChange() {
        FakeControlPlane.Run run = plane.run("rollback", "4", "--dry-run");

        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo("""
                from revision 9 back to 4:
                WHAT    DOCUMENT          NOW           THEN
                update  setting/global/a  2             1
                remove  org/new           {"name":"N"}
                """);
        assertThat(plane.lines()).containsExactly(ROLLBACK + "?dryRun=true");
    }

    @Test
    void rollsBackOnlyFromTheRevisionThatItHasShown() {
        plane.on(ROLLBACK, 200, "{'revision':10}");

        FakeControlPlane.Run run = plane.run("rollback", "4", "--yes", "--reason", "it was better");

        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo("revision 10\nundo: gatewright undo 10 --reason '…'\n");
        assertThat(run.err()).contains("update  setting/global/a  2");
        assertThat(plane.last().headers())
                .containsEntry("If-match", "\"9\"")
                .containsEntry("Change-reason", "it was better");
    }

    @Test
    void asksBeforeItRollsBack() {
        FakeControlPlane.Run run = plane.run("rollback", "4", "--reason", "it was better");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("Nobody is there to agree to it: add --yes.");
        assertThat(plane.lines()).containsExactly(ROLLBACK + "?dryRun=true");
    }

    @Test
    void saysThatThereIsNothingToChange() {
        plane.on(
                ROLLBACK + "?dryRun=true",
                200,
                "{'revision':4,'changes':{'creating':[],'updating':[],'deleting':[]},'summary':{'total':0}}");

        assertThat(plane.run("rollback", "4", "--dry-run").out())
                .isEqualTo("revision 4 is as revision 4 left it, there is nothing to change\n");
    }

    @Test
    void comparesTwoRevisions() {
        plane.on(
                "GET /v1/revisions/9/diff?from=4",
                200,
                "{'revision':9,'from':4,'differences':[{'kind':'setting','id':'global/a','revision':7,'old':{'value':1},'new':{'value':2}},{'kind':'org','id':'x','revision':8,'old':null,'new':{'name':'X'}}]}");

        assertThat(plane.run("diff", "9", "--from", "4").out()).isEqualTo("""
                DOCUMENT          CHANGED BY  AT 4  AT 9
                setting/global/a  7           1     2
                org/x             8                 {"name":"X"}
                """);
    }

    @Test
    void asksAsOfATime() {
        String at = "at=2026-05-04T06%3A00%3A00%2B02%3A00";
        plane.on("GET /v1/documents/org?" + at, 200, "{'documents':[]}")
                .on("GET /v1/documents/org/acme?" + at, 200, "{'body':{'name':'Acme'}}")
                .on("GET /v1/effective?tenant=t&" + at, 200, "{'values':{}}")
                .on("GET /v1/explain?tenant=t&key=k&" + at, 200, "{'steps':[]}")
                .on("GET /v1/revisions?limit=20&" + at, 200, "{'revisions':[]}");

        for (String line : List.of("get org", "get org acme", "get effective t", "explain t k", "history")) {
            String[] words = (line + " --at 2026-05-04T06:00:00+02:00").split(" ", -1);
            assertThat(plane.run(words).code()).as(line).isZero();
        }
    }

    @Test
    void saysWhoIsToAskAboutEachValue() {
        plane.on(
                "GET /v1/effective?tenant=t&blame=true",
                200,
                "{'values':{'a':5,'b':['x','y'],'c':1},'blame':{'a':[{'scope':'tenant=t','revision':4,'at':'T','actor':'ann','reason':'trial'}],'b':[{'scope':'global','revision':1,'at':'S','actor':'bob','reason':'first'},{'scope':'org=o','revision':2,'at':'T','actor':'ann','reason':'more'}],'c':[]}}");

        assertThat(plane.run("get", "effective", "t", "--blame").out()).isEqualTo("""
                KEY  VALUE      SCOPE     REVISION  AT  ACTOR  REASON
                a    5          tenant=t  4         T   ann    trial
                b    ["x","y"]  global    1         S   bob    first
                                org=o     2         T   ann    more
                c    1          default
                """);
    }

    private static String export() throws IOException {
        ObjectNode revision = JsonNodeFactory.instance
                .objectNode()
                .put("revision", 1)
                .put("at", "2026-01-01T00:00:00Z")
                .put("actor", "ann")
                .put("reason", "why")
                .putNull("correlationId");
        revision.putArray("changes");
        String hash = AuditChain.hash(AuditChain.GENESIS, revision);
        revision.put("previousHash", AuditChain.GENESIS).put("hash", hash);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AuditFile.write(out, 1, AuditChain.GENESIS, List.of(revision).iterator());
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void exportsTheHistoryAndVerifiesIt() throws Exception {
        plane.on("GET /v1/audit/export?from=1", 200, export());
        Path file = directory.resolve("audit.ndjson");

        FakeControlPlane.Run run = plane.run("audit", "export", file.toString(), "--from", "1");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).startsWith(file + ": revisions 1 to 1 are intact\nhead ");
        assertThat(Files.readString(file)).isEqualTo(export());
        assertThat(plane.run("audit", "export", file.toString()).err())
                .contains("exists already; name another file, or remove it");
    }

    @Test
    void leavesNoFileBehindWhenTheServerSaysNo() {
        Path file = directory.resolve("audit.ndjson");

        assertThat(plane.run("audit", "export", file.toString()).code()).isEqualTo(1);
        assertThat(file).doesNotExist();
    }

    @Test
    void verifiesAFileWithoutAServer() throws Exception {
        plane.close();
        Path file = Files.writeString(directory.resolve("audit.ndjson"), export());
        String head = export().replaceFirst("(?s).*\"head\":\"([0-9a-f]{64}).*", "$1");

        assertThat(plane.run("audit", "verify", file.toString(), "--head", head).out())
                .isEqualTo(file + ": revisions 1 to 1 are intact\nhead " + head + "\n");
        FakeControlPlane.Run other = plane.run("audit", "verify", file.toString(), "--head", "f".repeat(64));
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("fits in itself", "no revision has the hash fff");
    }

    @Test
    void namesTheRevisionThatWasAltered() throws Exception {
        Path file = Files.writeString(directory.resolve("audit.ndjson"), export().replace("ann", "eve"));

        FakeControlPlane.Run run = plane.run("audit", "verify", file.toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        file + ": altered at revision 1: its hash does not cover what it says; what stands before it is"
                                + " intact\n");
    }

    @Test
    void letsTheServerVerifyItsDatabase() {
        plane.on("GET /v1/audit/verify", 200, "{'intact':false,'revision':3,'why':'the document org/a is not'}");

        FakeControlPlane.Run run = plane.run("audit", "verify");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).startsWith("the registry: altered at revision 3: the document org/a is not");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "audit",
                "audit verify nowhere.ndjson",
                "audit verify . --head abc",
                "audit verify .",
                "rollback",
                "rollback one",
                "diff"
            })
    void refusesWhatCannotBeMeant(String line) {
        assertThat(plane.run(line.split(" ", -1)).code()).isEqualTo(2);
        assertThat(plane.lines()).isEmpty();
    }
}
