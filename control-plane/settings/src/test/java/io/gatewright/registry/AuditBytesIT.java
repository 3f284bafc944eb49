package io.gatewright.registry;

import static io.gatewright.registry.Samples.change;
import static io.gatewright.registry.Samples.org;
import static io.gatewright.registry.Samples.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.audit.AuditChain.Verdict;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Somebody with all rights changes one character: each of each value of each column of a small history. Either the column
 * refuses it, or the verification names that revision.
 */
final class AuditBytesIT {
    private static final int REVISIONS = 3;

    private static TestDatabase database;
    private static History history;

    @BeforeAll
    static void writeThreeRevisions() {
        database = TestDatabase.migrated();
        history = new History(database.service());
        Registry registry = new Registry(database.service(), Clock.systemUTC());
        registry.commit(set(org("acme", "Acmé")));
        registry.commit(new Changeset("tester", "ohne Kennung", null, List.of(org("acme", "A 1.0"), org("b", "B"))));
        registry.commit(set(change("org/b", null)));
        database.tamper(
                "CREATE SCHEMA kept",
                "CREATE TABLE kept.revision AS TABLE registry.revision",
                "CREATE TABLE kept.change AS TABLE registry.change",
                "CREATE TABLE kept.document AS TABLE registry.document");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    /** @param number the column that holds the number of the revision a row belongs to */
    @ParameterizedTest(name = "{0}.{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "revision | number         | number",
                "revision | at             | number",
                "revision | actor          | number",
                "revision | reason         | number",
                "revision | correlation_id | number",
                "revision | previous_hash  | number",
                "revision | hash           | number",
                "change   | revision       | revision",
                "change   | position       | revision",
                "change   | id             | revision",
                "change   | old_version    | revision",
                "change   | old_body       | revision",
                "change   | new_body       | revision",
                "document | id             | version",
                "document | version        | version",
                "document | body           | version"
            })
    void findsEveryChangedCharacter(String table, String column, String number) {
        int found = 0;
        for (long revision = 1; revision <= REVISIONS; revision++) {
            for (int row = rows(table, column, number, revision); row > 0; row--) {
                String one = " WHERE " + number + " = " + revision + " AND " + column
                        + " IS NOT NULL ORDER BY ctid LIMIT 1 OFFSET " + (row - 1);
                for (String spoilt : spoilt(database.ask("SELECT " + column + " FROM kept." + table + one))) {
                    if (tamper(table, column, spoilt, one)) {
                        namesRevision(first(column, revision, spoilt), spoilt);
                        found++;
                    }
                }
            }
        }
        assertThat(found).isPositive();
        database.tamper(restored(table));
        assertThat(history.verify()).isInstanceOf(Verdict.Intact.class);
    }

    /** The first revision that has other changes than it had. */
    private static long first(String column, long revision, String spoilt) {
        return column.equals("revision") ? Math.clamp(Long.parseLong(spoilt), 1, revision) : revision;
    }

    private static void namesRevision(long revision, String spoilt) {
        assertThat(history.verify())
                .as(spoilt)
                .isInstanceOfSatisfying(
                        Verdict.Altered.class,
                        altered ->
                                assertThat(altered.revision()).as(altered.why()).isEqualTo(revision));
    }

    @ParameterizedTest
    @ValueSource(strings = {"change", "document"})
    void leavesAKindThatIsNoneToTheTable(String table) {
        for (String spoilt : spoilt("org")) {
            assertThat(tamper(table, "kind", spoilt, " WHERE id = 'acme' LIMIT 1"))
                    .isFalse();
        }
    }

    private static int rows(String table, String column, String number, long revision) {
        return Integer.parseInt(
                database.ask("SELECT count(%s) FROM kept.%s WHERE %s = %d".formatted(column, table, number, revision)));
    }

    /** The text with each of its characters replaced by the one after it; short ones by the one before it too. */
    private static List<String> spoilt(String text) {
        List<String> spoilt = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            for (int step : text.length() < 12 ? new int[] {1, -1} : new int[] {1}) {
                StringBuilder other = new StringBuilder(text);
                other.setCharAt(i, (char) (text.charAt(i) + step));
                spoilt.add(other.toString().replace("'", "''"));
            }
        }
        return spoilt;
    }

    /** Restores the table and changes one value. False when the table refuses it, or takes it for the same value. */
    private static boolean tamper(String table, String column, String spoilt, String one) {
        String name = "registry." + table;
        try {
            database.tamper(
                    restored(table),
                    "UPDATE " + name + " SET " + column + " = '" + spoilt + "' WHERE ctid = (SELECT ctid FROM " + name
                            + one + ")",
                    "SELECT 1 / count(*) FROM (TABLE " + name + " EXCEPT TABLE kept." + table + ") changed");
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static String restored(String table) {
        String columns = table.equals("revision")
                ? "number, at, actor, reason, correlation_id, previous_hash, hash"
                : "kind, id, "
                        + (table.equals("document")
                                ? "version, body"
                                : "revision, position, old_version, old_body, new_body");
        return "DELETE FROM registry.%1$s; INSERT INTO registry.%1$s (%2$s) SELECT %2$s FROM kept.%1$s"
                .formatted(table, columns);
    }
}
