package io.gatewright.registry;

import static io.gatewright.registry.Samples.change;
import static io.gatewright.registry.Samples.key;
import static io.gatewright.registry.Samples.limit;
import static io.gatewright.registry.Samples.org;
import static io.gatewright.registry.Samples.set;
import static io.gatewright.registry.Samples.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.gatewright.audit.AuditChain;
import io.gatewright.registry.CommitResult.Committed;
import io.gatewright.registry.CommitResult.Conflict;
import io.gatewright.registry.CommitResult.Invalid;
import io.gatewright.registry.CommitResult.Missing;
import io.gatewright.registry.CommitResult.Stale;
import io.gatewright.registry.CommitResult.Unchanged;
import io.gatewright.settings.Body;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class RegistryIT {
    private static final Instant NOW = Instant.parse("2026-11-02T10:00:00Z");

    private TestDatabase database;
    private DataSource service;
    private Registry registry;

    @BeforeEach
    void migrate() {
        database = TestDatabase.migrated();
        service = database.service();
        registry = new Registry(service, Clock.fixed(NOW, ZoneOffset.UTC));
        commit(
                org("acme", "Acme"),
                tenant("acme-de", "acme", "de.acme.example"),
                change("module/orders", Samples.ORDERS),
                limit("tenant=acme-de,route=orders/create", 10));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Committed commit(Change... changes) {
        CommitResult result = registry.commit(set(changes));
        assertThat(result).isInstanceOf(Committed.class);
        return (Committed) result;
    }

    @Test
    void becomesTheNextRevisionWithVersionsAndTimes() {
        Committed result = commit(
                org("acme", "Acme AG"), change("setting/tenant=acme-de,route=orders/create/rate-limit.requests", null));

        assertThat(result.revision()).isEqualTo(2);
        assertThat(result.committedAt()).isEqualTo(NOW);
        assertThat(result.documents())
                .extracting(d -> d.key() + "@" + d.version() + "=" + d.body())
                .containsExactly(
                        "org/acme@2=Org[name=Acme AG]",
                        "setting/tenant=acme-de,route=orders/create/rate-limit.requests@2=null");
        Revision stored = new History(service).revision(2).orElseThrow();
        assertThat(stored.header().at()).isEqualTo(result.at());
        assertThat(stored.header().reason()).isEqualTo("because the test says so");
        assertThat(stored.header().correlationId()).isEqualTo("c-1");
        assertThat(stored.changes())
                .extracting(c -> c.oldVersion() + " " + c.oldBody() + " " + c.newBody())
                .containsExactly("1 {\"name\":\"Acme\"} {\"name\":\"Acme AG\"}", "1 {\"value\":10} null");
        assertThat(
                        database.ask(
                                "SELECT string_agg(kind || '/' || id || '@' || version, ' ' ORDER BY kind, id) FROM registry.document"))
                .isEqualTo("module/orders@1 org/acme@2 tenant/acme-de@1");
    }

    @Test
    void writesNothingWhenEverythingIsAlreadySo() {
        assertThat(registry.commit(set(org("acme", "Acme")))).isEqualTo(new Unchanged(1));
        assertThat(database.ask("SELECT max(number) FROM registry.revision")).isEqualTo("1");
    }

    @Test
    void leavesOutOfTheRevisionWhatIsAlreadySo() {
        assertThat(commit(org("acme", "Acme"), org("beta", "Beta")).documents())
                .extracting(d -> d.key().id())
                .containsExactly("beta");
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal("unknown org", Invalid.class, "there is no org nobody", tenant("beta-de", "nobody")),
                refusal("unknown module", Invalid.class, "there is no module nothing", limit("module=nothing", 5)),
                refusal(
                        "unknown key",
                        Invalid.class,
                        "did you mean rate-limit.requests?",
                        change("setting/global/rate-limit.request", "{\"value\":1}")),
                refusal("wrong value", Invalid.class, "0 is out of range", limit("global", 0)),
                refusal("NUL", Invalid.class, StorableText.MESSAGE, org("nul", "a\\u0000b")),
                refusal("half a surrogate pair", Invalid.class, StorableText.MESSAGE, org("half", "a\\ud800b")),
                refusal(
                        "a number the hash would round",
                        Invalid.class,
                        "more digits than double precision",
                        change("signing-keys/i", "{\"keys\":[{\"n\":9007199254740993}]}")),
                refusal(
                        "a number beyond all numbers",
                        Invalid.class,
                        "more digits than double precision",
                        change("signing-keys/i", "{\"keys\":[{\"n\":1e999}]}")),
                refusal("same document twice", Invalid.class, "is named twice", org("beta", "B"), org("beta", "C")),
                refusal("no changes", Invalid.class, "is empty"),
                refusal(
                        "host of another tenant",
                        Conflict.class,
                        "de.acme.example already belongs to tenant/acme-de",
                        tenant("acme-at", "acme", "de.acme.example")),
                refusal(
                        "one host for two new tenants",
                        Conflict.class,
                        "x.acme.example already belongs to tenant/two",
                        tenant("one", "acme", "x.acme.example"),
                        tenant("two", "acme", "x.acme.example")),
                refusal(
                        "module in use",
                        Conflict.class,
                        "module/orders is still used by setting/tenant=acme-de,route=orders/create/rate-limit.requests",
                        change("module/orders", null)),
                refusal(
                        "org in use",
                        Conflict.class,
                        "org/acme is still used by tenant/acme-de",
                        change("org/acme", null)),
                refusal(
                        "stale version",
                        Stale.class,
                        "is at version 1, not 7",
                        change("org/acme", 7L, "{\"name\":\"X\"}")),
                refusal(
                        "must not exist",
                        Stale.class,
                        "exists already, at version 1",
                        change("org/acme", 0L, "{\"name\":\"X\"}")),
                refusal(
                        "gone",
                        Stale.class,
                        "does not exist any more, expected version 3",
                        change("org/gone", 3L, "{\"name\":\"X\"}")),
                refusal("removal of nothing", Missing.class, "does not exist", change("org/nobody", null)));
    }

    private static Arguments refusal(String name, Class<? extends CommitResult> type, String says, Change... changes) {
        return Arguments.of(name, type, says, List.of(changes));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void refusesAndWritesNothing(String name, Class<? extends CommitResult> type, String says, List<Change> changes) {
        CommitResult result = registry.commit(new Changeset("tester", "why", null, changes));

        assertThat(result).isInstanceOf(type);
        assertThat(problems(result))
                .anySatisfy(p -> assertThat(p.message() + " " + p.fix()).contains(says))
                .allSatisfy(p -> assertThat(p.field()).isNotEmpty())
                .allSatisfy(p -> assertThat(p.fix()).isNotEmpty());
        assertThat(database.ask("SELECT max(number) FROM registry.revision")).isEqualTo("1");
        assertThat(commit(org("after", "After")).revision()).isEqualTo(2);
    }

    private static List<Problem> problems(CommitResult result) {
        return switch (result) {
            case Invalid invalid -> invalid.problems();
            case Conflict conflict -> conflict.problems();
            case Stale stale -> stale.problems();
            case Missing missing -> missing.problems();
            case CommitResult.Forbidden forbidden -> forbidden.problems();
            case Committed c -> List.of();
            case Unchanged u -> List.of();
            case CommitResult.Deferred d -> List.of();
        };
    }

    @Test
    void asksForAReasonAndAnActor() {
        CommitResult result = registry.commit(new Changeset(" ", "\t", null, List.of(org("beta", "Beta"))));

        assertThat(problems(result)).extracting(Problem::field).containsExactly("actor", "reason");
    }

    @Test
    void refusesMoreThanTenThousandChanges() {
        List<Change> many = IntStream.rangeClosed(0, Changeset.MAX_CHANGES)
                .mapToObj(i -> org("o" + i, "O"))
                .toList();

        CommitResult result = registry.commit(new Changeset("a", "r", null, many));

        assertThat(problems(result)).extracting(Problem::field).containsExactly("changes");
    }

    @Test
    void takesTenThousandChangesAtOnceAndRestoresThemAtOnce() {
        List<Change> many = IntStream.range(0, Changeset.MAX_CHANGES)
                .mapToObj(i -> org("o" + i, "O"))
                .toList();
        assertThat(registry.commit(new Changeset("a", "r", null, many))).isInstanceOf(Committed.class);

        History history = new History(service);
        List<Change> back = history.changesBackTo(1, 2);

        assertThat(registry.commit(new Changeset("a", "back", null, back))).isInstanceOf(Committed.class);
        assertThat(database.ask("SELECT count(*) FROM registry.document WHERE kind = 'org'"))
                .isEqualTo("1");
        assertThat(history.verify()).isInstanceOf(AuditChain.Verdict.Intact.class);
    }

    @Test
    void tellsAStaleWriterWhatIsThereNow() {
        Stale stale = (Stale) registry.commit(
                set(change("org/acme", 7L, "{\"name\":\"X\"}"), change("org/gone", 3L, "{\"name\":\"X\"}")));

        assertThat(stale.current())
                .containsExactly(entry(key("org/acme"), new Document(key("org/acme"), 1, new Body.Org("Acme"))));
        assertThat(commit(change("org/acme", 1L, "{\"name\":\"X\"}")).revision())
                .isEqualTo(2);
    }

    @Test
    void handsAHostOverWithinOneChangeset() {
        commit(tenant("acme-de", "acme"), tenant("acme-at", "acme", "de.acme.example"));
    }

    @Test
    void seesWhatAnotherProcessWrote() {
        Registry other = new Registry(service, Clock.systemUTC());
        other.commit(set(org("acme", "Other")));

        assertThat(registry.commit(set(change("org/acme", 1L, "{\"name\":\"Mine\"}"))))
                .isInstanceOf(Stale.class);
        assertThat(commit(change("org/acme", 2L, "{\"name\":\"Mine\"}")).revision())
                .isEqualTo(3);
    }

    @Test
    void startsOverWhenTheDatabaseWasRestoredFromAnOlderBackup() {
        commit(org("lost", "Lost"));
        database.tamper(
                "DELETE FROM registry.document WHERE version = 2",
                "DELETE FROM registry.change WHERE revision = 2",
                "DELETE FROM registry.revision WHERE number = 2");
        assertThat(registry.commit(set(change("org/lost", null)))).isInstanceOf(Missing.class);

        new Registry(service, Clock.systemUTC()).commit(set(org("found", "Found")));
        assertThat(commit(change("org/found", 2L, "{\"name\":\"F\"}")).revision())
                .isEqualTo(3);
    }

    @Test
    void goesOnAfterItsConnectionsWereCut() {
        database.ask(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        assertThatThrownBy(() -> registry.commit(set(org("beta", "Beta")))).isInstanceOf(RegistryException.class);
        assertThat(commit(org("beta", "Beta")).revision()).isEqualTo(2);
    }

    @Test
    void answersFromHistory() {
        commit(org("acme", "Acme AG"));
        commit(org("beta", "Beta"));
        History history = new History(service);

        assertThat(history.revisions(Long.MAX_VALUE, 2))
                .extracting(r -> r.header().number())
                .containsExactly(3L, 2L);
        assertThat(history.revisions(2, 5)).extracting(r -> r.header().number()).containsExactly(1L);
        assertThat(history.revision(4)).isEmpty();
        assertThat(history.history(key("org/acme"), Long.MAX_VALUE, 5))
                .extracting(p -> p.revision().number())
                .containsExactly(2L, 1L);
        assertThat(history.history(key("org/acme"), 2, 5))
                .extracting(p -> p.revision().number())
                .containsExactly(1L);
        assertThat(history.headers(Set.of(1L, 3L, 9L))).containsOnlyKeys(1L, 3L);
        assertThat(history.revisionAt(history.revision(2).orElseThrow().header().at()))
                .isEqualTo(2);
        assertThat(history.revisionAt(NOW.minusSeconds(1_000_000_000))).isZero();
        assertThat(history.settingsAt(1).body(Body.Org.class, Kind.ORG, "acme")).isEqualTo(new Body.Org("Acme"));
        List<Revision> all = new ArrayList<>();
        history.trail(1).forEachRemaining(all::add);
        assertThat(all).extracting(r -> r.header().number()).containsExactly(2L, 3L);
    }

    @Test
    void restoresAnOldRevisionAsANewOne() {
        commit(org("acme", "Acme AG"), org("beta", "Beta"));
        commit(
                change("org/beta", null),
                change("setting/tenant=acme-de,route=orders/create/rate-limit.requests", null));
        commit(org("gamma", "Gamma"));

        List<Change> back = new History(service).changesBackTo(1, 4);
        commit(back.toArray(Change[]::new));

        assertThat(
                        database.ask(
                                "SELECT string_agg(kind || '/' || id || ' ' || body, ' ' ORDER BY kind, id) FROM registry.document WHERE kind IN ('org', 'setting')"))
                .isEqualTo(
                        "org/acme {\"name\": \"Acme\"} setting/tenant=acme-de,route=orders/create/rate-limit.requests {\"value\": 10}");
        assertThat(new History(service).changesBackTo(5, 5)).isEmpty();
    }
}
