package io.gatewright.registry;

import static io.gatewright.registry.Samples.change;
import static io.gatewright.registry.Samples.org;
import static io.gatewright.registry.Samples.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.audit.AuditChain;
import io.gatewright.audit.AuditChain.Verdict;
import io.gatewright.audit.AuditFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports, and every way to spoil one. */
final class AuditFileIT {
    private static final int REVISIONS = 4;

    private static TestDatabase database;
    private static History history;

    @BeforeAll
    static void writeFourRevisions() {
        database = TestDatabase.migrated();
        history = new History(database.service());
        Registry registry = new Registry(database.service(), Clock.systemUTC());
        registry.commit(set(org("acme", "Acme"), org("beta", "Beta")));
        registry.commit(new Changeset("tester", "ohne Kennung", null, List.of(org("acme", "Ä\\u20acme \\\"1.0\\\""))));
        registry.commit(set(change("org/beta", null)));
        registry.commit(set(change(
                "signing-keys/numbers",
                "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"y\":1e15,\"z\":-0.0,\"n\":[1.0]}]}")));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static byte[] export(long from, long to) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        history.export(from, to, out);
        return out.toByteArray();
    }

    private static Verdict verify(byte[] export) throws IOException {
        return AuditFile.verify(new ByteArrayInputStream(export), null);
    }

    private static List<String> lines() throws IOException {
        return new ArrayList<>(
                new String(export(1, REVISIONS), StandardCharsets.UTF_8).lines().toList());
    }

    private static Verdict verify(List<String> lines) throws IOException {
        return verify((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void findsAnExportIntact() throws Exception {
        String head = history.revision(REVISIONS).orElseThrow().header().hash();

        assertThat(verify(export(1, REVISIONS))).isEqualTo(new Verdict.Intact(1, REVISIONS, head));
        assertThat(verify(export(3, REVISIONS))).isEqualTo(new Verdict.Intact(3, REVISIONS, head));
        assertThat(verify(export(1, 0))).isEqualTo(new Verdict.Intact(1, 0, AuditChain.GENESIS));
        assertThat(verify(export(REVISIONS + 1, REVISIONS)))
                .isEqualTo(new Verdict.Intact(REVISIONS + 1, REVISIONS, head));
    }

    @Test
    void namesTheRevisionOfEveryChangedByte() throws Exception {
        byte[] export = export(1, REVISIONS);
        for (int mask : new int[] {0x01, 0x20, 0x80}) {
            int line = 0;
            for (int i = 0; i < export.length; i++) {
                byte[] spoilt = export.clone();
                spoilt[i] ^= (byte) mask;

                String place = "byte " + i + " ^ " + mask;
                if (line == 0) { // of the first line only its own fields can tell
                    assertThat(verify(spoilt)).as(place).isNotInstanceOf(Verdict.Intact.class);
                } else {
                    long revision = line;
                    assertThat(verify(spoilt))
                            .as(place)
                            .isInstanceOfSatisfying(
                                    Verdict.Altered.class,
                                    altered -> assertThat(altered.revision()).isEqualTo(revision));
                }
                line += export[i] == '\n' ? 1 : 0;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void findsAMissingLine(int line) throws Exception {
        List<String> lines = lines();
        lines.remove(line);

        assertThat(verify(lines)).isNotInstanceOf(Verdict.Intact.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void findsALineThatStandsTwice(int line) throws Exception {
        List<String> lines = lines();
        lines.add(line, lines.get(line));

        assertThat(verify(lines)).isNotInstanceOf(Verdict.Intact.class);
    }

    @Test
    void findsLinesInAnotherOrder() throws Exception {
        for (int i = 0; i <= REVISIONS; i++) {
            List<String> lines = lines();
            Collections.swap(lines, i, i + 1);

            assertThat(verify(lines)).isNotInstanceOf(Verdict.Intact.class);
        }
    }

    @Test
    void findsThatAnExportIsCutOffAnywhere() throws Exception {
        byte[] export = export(1, REVISIONS);

        assertThat(IntStream.range(0, export.length))
                .allSatisfy(length -> assertThat(verify(java.util.Arrays.copyOf(export, length)))
                        .isNotInstanceOf(Verdict.Intact.class));
    }

    @Test
    void namesTheRevisionWhoseReasonWasRewritten() throws Exception {
        List<String> lines = lines();
        lines.set(2, lines.get(2).replace("ohne Kennung", "mit Kennung"));

        assertThat(verify(lines)).isEqualTo(new Verdict.Altered(2, "its hash does not cover what it says"));
    }

    @Test
    void findsALineThatSaysTheSameInAnotherForm() throws Exception {
        List<String> lines = lines();
        lines.set(2, lines.get(2).replace("{\"revision\":2,", "{\"revision\": 2,"));

        assertThat(verify(lines)).isEqualTo(new Verdict.Altered(2, "its line is not as an export writes it"));
    }

    @Test
    void knowsAHeadThatWasKeptAndMissesItWhenTheEndIsCutOff() throws Exception {
        String kept = history.revision(3).orElseThrow().header().hash();

        assertThat(AuditFile.verify(new ByteArrayInputStream(export(1, REVISIONS)), kept))
                .isInstanceOf(Verdict.Intact.class);
        assertThat(AuditFile.verify(new ByteArrayInputStream(export(4, REVISIONS)), kept))
                .as("the revision before the first")
                .isInstanceOf(Verdict.Intact.class);
        assertThat(AuditFile.verify(new ByteArrayInputStream(export(1, 2)), kept))
                .as("whole in itself, but shorter than what was kept")
                .isInstanceOfSatisfying(
                        Verdict.Unknown.class,
                        unknown -> assertThat(unknown.why()).contains("revision 1 to 2", kept, "its end was cut off"));
    }

    @Test
    void pagesThroughRevisionsOfEverySize() throws Exception {
        try (TestDatabase other = TestDatabase.migrated()) {
            Registry registry = new Registry(other.service(), Clock.systemUTC());
            int[] sizes = {1, ChangeTable.TRAIL_ROWS + 1, 2, ChangeTable.TRAIL_ROWS - 2, 1, ChangeTable.TRAIL_ROWS, 3};
            for (int revision = 0; revision < sizes.length; revision++) {
                String prefix = "r" + revision + "-";
                registry.commit(set(IntStream.range(0, sizes[revision])
                        .mapToObj(i -> org(prefix + i, "O"))
                        .toArray(Change[]::new)));
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new History(other.service()).export(1, sizes.length, out);

            assertThat(verify(out.toByteArray()))
                    .isInstanceOfSatisfying(
                            Verdict.Intact.class,
                            intact -> assertThat(intact.to()).isEqualTo(sizes.length));
        }
    }
}
