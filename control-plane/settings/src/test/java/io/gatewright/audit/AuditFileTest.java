package io.gatewright.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.audit.AuditChain.Verdict;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of this and other versions, and files that are none. What a database writes is in AuditFileIT. */
final class AuditFileTest {
    private final List<ObjectNode> revisions = new ArrayList<>();

    /** Appends a revision that changes one document of that kind and returns its hash. */
    private String append(String kind) {
        String previous = revisions.isEmpty()
                ? AuditChain.GENESIS
                : revisions.getLast().path("hash").asText();
        ObjectNode revision = JsonNodeFactory.instance
                .objectNode()
                .put("revision", revisions.size() + 1)
                .put("at", "2026-01-01T00:00:00Z")
                .put("actor", "ann")
                .put("reason", "why")
                .putNull("correlationId");
        revision.putArray("changes")
                .addObject()
                .put("kind", kind)
                .put("id", "x")
                .putNull("oldVersion")
                .putNull("old")
                .putObject("new");
        revisions.add(revision);
        String hash = AuditChain.hash(previous, revision);
        revision.put("previousHash", previous).put("hash", hash);
        return hash;
    }

    private String export() throws IOException {
        return export(revisions.iterator());
    }

    private static String export(Iterator<ObjectNode> revisions) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AuditFile.write(out, 1, AuditChain.GENESIS, revisions);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Verdict verify(String export) throws IOException {
        return AuditFile.verify(new ByteArrayInputStream(export.getBytes(StandardCharsets.UTF_8)), null);
    }

    @Test
    void verifiesKindsThatThisVersionDoesNotKnow() throws Exception {
        append("org");
        String head = append("hologram");

        assertThat(verify(export())).isEqualTo(new Verdict.Intact(1, 2, head));
    }

    @Test
    void findsAKindThatWasRewritten() throws Exception {
        append("org");
        append("org");

        assertThat(verify(export().replaceFirst("(?s)(.*)\"org\"", "$1\"hologram\"")))
                .isEqualTo(new Verdict.Altered(2, "its hash does not cover what it says"));
    }

    @Test
    void doesNotJudgeAFormatOfALaterVersion() throws Exception {
        append("org");

        assertThat(verify(export().replace("\"format\":1", "\"format\":2")))
                .isInstanceOfSatisfying(
                        Verdict.Unknown.class,
                        unknown -> assertThat(unknown.why()).contains("format 2", "with the version that wrote it"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "{}\n", "[1]\n", "kind: org\n", "{\"documents\":[]}\n", "\u0000\u0001"})
    void saysThatAFileIsNoExport(String text) throws Exception {
        assertThat(verify(text)).isEqualTo(new Verdict.Unknown("its first line is not that of an audit export"));
    }

    @Test
    void readsNoFurtherThanAFirstLineCanBe() throws Exception {
        assertThat(verify("x".repeat(1 << 20))).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void findsAFieldThatIsHiddenInAnotherOrderOrTwice() throws Exception {
        append("org");
        String export = export();

        assertThat(verify(
                        export.replace("\"actor\":\"ann\",\"reason\":\"why\"", "\"reason\":\"why\",\"actor\":\"ann\"")))
                .isEqualTo(new Verdict.Altered(1, "its line is not as an export writes it"));
        assertThat(verify(export.replace("\"actor\":\"ann\"", "\"actor\":\"eve\",\"actor\":\"ann\"")))
                .isEqualTo(new Verdict.Altered(1, "its line is not as an export writes it"));
        assertThat(verify(export.replace("\"actor\":\"ann\"", "\"actor\":\"ann\",\"note\":1")))
                .isEqualTo(new Verdict.Altered(1, "its hash does not cover what it says"));
    }

    @Test
    void writesEachRevisionBeforeItAsksForTheNext() throws Exception {
        append("org");
        append("org");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<Integer> linesBefore = new ArrayList<>();
        Iterator<ObjectNode> asked = revisions.stream()
                .peek(revision ->
                        linesBefore.add(out.toString(StandardCharsets.UTF_8).split("\n", -1).length - 1))
                .iterator();
        AuditFile.write(out, 1, AuditChain.GENESIS, asked);

        assertThat(linesBefore).containsExactly(1, 2);
    }

    @Test
    void cannotTellWhatWasCutOffAtTheEndWithoutAHeadThatWasKept() throws Exception {
        append("org");
        String kept = append("tenant");
        String shortened = export(revisions.subList(0, 1).iterator());

        assertThat(verify(shortened)).as("who cuts also writes a new last line").isInstanceOf(Verdict.Intact.class);
        assertThat(AuditFile.verify(new ByteArrayInputStream(shortened.getBytes(StandardCharsets.UTF_8)), kept))
                .isInstanceOf(Verdict.Unknown.class);
    }
}
