package io.gatewright.registry;

import static io.gatewright.registry.Samples.change;
import static io.gatewright.registry.Samples.key;
import static io.gatewright.registry.Samples.limit;
import static io.gatewright.registry.Samples.org;
import static io.gatewright.registry.Samples.set;
import static io.gatewright.registry.Samples.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.audit.AuditChain;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Old states: looked at, compared, restored. */
final class RollbackIT {
    private TestDatabase database;
    private Registry registry;
    private History history;

    @BeforeEach
    void migrate() {
        database = TestDatabase.migrated();
        registry = new Registry(database.service(), Clock.systemUTC());
        history = new History(database.service());
        commit(org("acme", "Acme"), tenant("acme-de", "acme", "de.acme.example"), limit("tenant=acme-de", 10));
        commit(limit("tenant=acme-de", 20), tenant("acme-at", "acme", "at.acme.example"));
        commit(change("setting/tenant=acme-de/rate-limit.requests", null), tenant("acme-de", "acme"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void commit(Change... changes) {
        assertThat(registry.commit(set(changes))).isInstanceOf(CommitResult.Committed.class);
    }

    private Changeset to(long revision) {
        return to(revision, history.newest());
    }

    private Changeset to(long revision, long newest) {
        return new Changeset("tester", "it was better before", "c-2", history.changesBackTo(revision, newest), newest);
    }

    private Settings now() {
        return history.settingsAt(history.newest());
    }

    private static Set<String> bodies(Settings settings) {
        return Known.allDocuments(settings).stream()
                .map(document -> document.key() + " " + document.body())
                .collect(java.util.stream.Collectors.toSet());
    }

    @Test
    void restoresAsANewRevisionThatSaysWhoAndWhy() {
        assertThat(registry.commit(to(1)))
                .isInstanceOfSatisfying(
                        CommitResult.Committed.class,
                        committed -> assertThat(committed.revision()).isEqualTo(4));

        assertThat(bodies(now())).isEqualTo(bodies(history.settingsAt(1)));
        assertThat(history.revision(4).orElseThrow().header().reason()).isEqualTo("it was better before");
        assertThat(history.verify()).isInstanceOf(AuditChain.Verdict.Intact.class);
        assertThat(registry.commit(to(3))).isInstanceOf(CommitResult.Committed.class);
        assertThat(bodies(now())).isEqualTo(bodies(history.settingsAt(3)));
    }

    @Test
    void findsNothingToRestoreInTheNewestRevision() {
        assertThat(history.changesBackTo(3, 3)).isEmpty();
    }

    @Test
    void goesBackToNothingAtAll() {
        assertThat(registry.commit(to(0))).isInstanceOf(CommitResult.Committed.class);
        assertThat(bodies(now())).isEmpty();
    }

    @Test
    void refusesWhenSomebodyCommittedSinceItWasLookedAt() {
        Changeset looked = to(1);
        commit(org("other", "What the rollback does not touch"));

        assertThat(registry.commit(looked))
                .isInstanceOfSatisfying(
                        CommitResult.Stale.class,
                        stale -> assertThat(stale.problems())
                                .extracting(Problem::field, Problem::message)
                                .containsExactly(
                                        org.assertj.core.groups.Tuple.tuple("revision", "the newest is 4, not 3")));
        assertThat(registry.commit(to(1))).isInstanceOf(CommitResult.Committed.class);
        assertThat(bodies(now())).isEqualTo(bodies(history.settingsAt(1)));
    }

    @Test
    void leavesSigningKeysAlone() {
        commit(change("signing-keys/a", "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\"}]}"));
        registry.commit(to(1));

        assertThat(now().ids(Kind.SIGNING_KEYS)).containsExactly("a");
    }

    @Test
    void refusesToRestoreWhatNoLongerFits() {
        database.tamper("UPDATE registry.change SET old_body = '{\"org\":\"gone\",\"hosts\":[]}'"
                + " WHERE revision = 3 AND id = 'acme-de'");

        CommitResult refused = registry.commit(to(2));

        assertThat(refused)
                .isInstanceOfSatisfying(
                        CommitResult.Invalid.class,
                        invalid -> assertThat(invalid.problems())
                                .extracting(Problem::field, Problem::message)
                                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                                        "tenant/acme-de: org", "there is no org gone")));
        assertThat(Rehearsal.of(now(), to(2))).isEqualTo(new Rehearsal.Refused(refused));
        assertThat(history.newest()).isEqualTo(3);
    }

    @Test
    void saysBeforehandExactlyWhatItWillDo() {
        Rehearsal rehearsal = Rehearsal.of(now(), to(1));
        assertThat(history.newest()).isEqualTo(3);

        registry.commit(to(1));

        assertThat(rehearsal)
                .hasToString(new Rehearsal.Possible(
                                3, history.revision(4).orElseThrow().changes())
                        .toString());
    }

    @Test
    void rehearsesAChangeSetWithoutWritingIt() {
        assertThat(Rehearsal.of(now(), set(org("acme", "Acme")))).isEqualTo(new Rehearsal.Possible(3, List.of()));
        assertThat(Rehearsal.of(now(), set(org("new", "New"))))
                .isInstanceOfSatisfying(
                        Rehearsal.Possible.class,
                        possible -> assertThat(possible.changes())
                                .extracting(DocumentChange::key)
                                .containsExactly(key("org/new")));
        assertThat(Rehearsal.of(now(), set(org("acme", ""))))
                .isInstanceOfSatisfying(
                        Rehearsal.Refused.class,
                        refused -> assertThat(refused.why()).isInstanceOf(CommitResult.Invalid.class));
        assertThat(history.newest()).isEqualTo(3);
    }

    @Test
    void neverGoesBackInTimeWhenTheClockDid() {
        commit(org("acme", "Acme AG"));
        database.tamper(
                "UPDATE registry.revision SET at = '2026-01-01T10:00:00Z' WHERE number = 1",
                "UPDATE registry.revision SET at = '2026-01-01T10:10:00Z' WHERE number = 2",
                "UPDATE registry.revision SET at = '2026-01-01T10:05:00Z' WHERE number = 3",
                "UPDATE registry.revision SET at = '2026-01-01T10:20:00Z' WHERE number = 4");

        assertThat(List.of("09:59:59", "10:00:00", "10:04:59", "10:05:00", "10:10:00", "10:19:59", "10:20:00"))
                .extracting(time -> history.revisionAt(Instant.parse("2026-01-01T" + time + "Z")))
                .as("revision 3 was made five minutes before revision 2, by the clock")
                .containsExactly(0L, 1L, 1L, 3L, 3L, 3L, 4L);
    }

    @Test
    void comparesTwoRevisionsInBothDirections() {
        List<Difference> forward = history.differences(1, 3);

        assertThat(forward)
                .extracting(d -> d.key() + "@" + d.revision() + " " + d.oldBody() + " " + d.newBody())
                .containsExactly(
                        "setting/tenant=acme-de/rate-limit.requests@3 {\"value\":10} null",
                        "tenant/acme-at@2 null {\"org\":\"acme\",\"hosts\":[\"at.acme.example\"],\"status\":\"active\"}",
                        "tenant/acme-de@3 {\"org\":\"acme\",\"hosts\":[\"de.acme.example\"],\"status\":\"active\"}"
                                + " {\"org\":\"acme\",\"hosts\":[],\"status\":\"active\"}");
        assertThat(history.differences(3, 1))
                .isEqualTo(forward.stream()
                        .map(d -> new Difference(
                                d.key(), d.revision(), /* oldBody= */ d.newBody(), /* newBody= */ d.oldBody()))
                        .toList());
        assertThat(history.differences(2, 2)).isEmpty();
    }

    @Test
    void knowsEveryOldStateFromTheOneOfNow() {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            String id = "o" + random.nextInt(5);
            registry.commit(set(random.nextInt(3) == 0 ? change("org/" + id, null) : org(id, "O" + random.nextInt(3))));
        }
        Settings now = now();
        List<Set<String>> walked = new ArrayList<>();
        List<Set<String>> loaded = new ArrayList<>();
        for (long revision = 0; revision <= now.revision(); revision++) {
            walked.add(Set.of("at " + history.before(now, revision).revision()));
            walked.add(documents(history.before(now, revision)));
            loaded.add(Set.of("at " + revision));
            loaded.add(documents(history.settingsAt(revision)));
        }

        assertThat(walked).isEqualTo(loaded);
    }

    private static Set<String> documents(Settings settings) {
        return Known.allDocuments(settings).stream().map(Object::toString).collect(java.util.stream.Collectors.toSet());
    }

    @Test
    void tellsAllStaleDocumentsInTheOrderOfTheChangeSet() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            commit(org("s" + i, "S"));
            changes.addFirst(change("org/s" + i, 1L, "{\"name\":\"T\"}"));
        }

        assertThat(registry.commit(set(changes.toArray(Change[]::new))))
                .isInstanceOfSatisfying(
                        CommitResult.Stale.class,
                        stale -> assertThat(List.copyOf(stale.current().keySet()))
                                .isEqualTo(changes.stream().map(Change::key).toList()));
    }
}
