package io.gatewright.registry;

import static io.gatewright.registry.Samples.change;
import static io.gatewright.registry.Samples.limit;
import static io.gatewright.registry.Samples.org;
import static io.gatewright.registry.Samples.set;
import static io.gatewright.registry.Samples.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.registry.Mandate.Extent;
import io.gatewright.registry.Proposal.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProposalsIT {
    private static final Party ANNA = new Party("a-1", "a-1 (anna)", null, true);
    private static final Party BERT = new Party("b-2", "b-2 (bert)", null, true);
    private static final Change SENSITIVE = change("setting/org=acme/oidc.required", "{\"value\":false}");

    private Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    private TestDatabase database;
    private Registry registry;
    private Proposals proposals;

    @BeforeEach
    void open() {
        database = TestDatabase.migrated();
        InstantSource clock = () -> now;
        registry = new Registry(database.service(), Clock.systemUTC());
        proposals = new Proposals(database.service(), registry, clock.withZone(ZoneOffset.UTC));
        registry.commit(set(org("acme", "Acme"), tenant("acme-de", "acme")));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Proposal propose(Party author, @Nullable Instant notBefore, Change... changes) {
        Extent atOnce = notBefore == null ? Extent.ALL_BUT_SENSITIVE : Extent.NOTHING;
        Changeset changeset = new Changeset(author.actor(), "for the test", "c-7", List.of(changes));
        CommitResult.Deferred deferred =
                (CommitResult.Deferred) registry.commit(changeset, new Mandate(author.orgs(), atOnce));
        return proposals.propose(author, changeset, deferred, true, notBefore);
    }

    private static Proposal made(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Made.class);
        return ((Decision.Made) decision).proposal();
    }

    private static CommitResult refused(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        return ((Decision.Refused) decision).why();
    }

    private Proposal now(Proposal proposal) {
        return proposals.find(proposal.id()).orElseThrow();
    }

    @Test
    void becomesARevisionOfBothOnceApproved() {
        Proposal proposal = propose(ANNA, null, SENSITIVE, limit("org=acme", 5));
        assertThat(proposal.state()).isEqualTo(State.PENDING);
        assertThat(database.ask("SELECT max(number) FROM registry.revision")).isEqualTo("1");

        Proposal approved = made(proposals.approve(proposal.id(), BERT));

        assertThat(approved.state()).isEqualTo(State.COMMITTED);
        assertThat(approved.revision()).isEqualTo(2);
        assertThat(database.ask("SELECT actor FROM registry.revision WHERE number = 2"))
                .isEqualTo("a-1 (anna), approved by b-2 (bert)");
        assertThat(database.ask("SELECT count(*) FROM registry.change WHERE revision = 2"))
                .isEqualTo("2");
    }

    @Test
    void needsAnotherPersonThanItsAuthor() {
        Proposal proposal = propose(ANNA, null, SENSITIVE);
        Party renamed = new Party(ANNA.subject(), "a-1 (anne)", null, true);

        assertThat(refused(proposals.approve(proposal.id(), ANNA))).isInstanceOf(CommitResult.Forbidden.class);
        assertThat(refused(proposals.approve(proposal.id(), renamed))).isInstanceOf(CommitResult.Forbidden.class);
        assertThat(now(proposal).state()).isEqualTo(State.PENDING);
    }

    @Test
    void needsAPerson() {
        Proposal proposal = propose(new Party("ci", "ci", null, false), null, SENSITIVE);

        assertThat(refused(proposals.approve(proposal.id(), new Party("robot", "robot", null, false))))
                .isInstanceOf(CommitResult.Forbidden.class);
        assertThat(made(proposals.approve(proposal.id(), ANNA)).state()).isEqualTo(State.COMMITTED);
    }

    @Test
    void needsAnApproverForThoseOrgs() {
        Proposal proposal = propose(ANNA, null, SENSITIVE);

        assertThat(refused(proposals.approve(proposal.id(), new Party("c", "c", Set.of("beta"), true))))
                .isInstanceOf(CommitResult.Forbidden.class);
        assertThat(made(proposals.approve(proposal.id(), new Party("c", "c", Set.of("acme"), true)))
                        .state())
                .isEqualTo(State.COMMITTED);
    }

    @Test
    void letsTwoApproveEachOther() {
        Proposal first = propose(ANNA, null, SENSITIVE);
        Proposal second = propose(BERT, null, change("setting/global/oidc.required", "{\"value\":false}"));

        assertThat(made(proposals.approve(first.id(), BERT)).state()).isEqualTo(State.COMMITTED);
        assertThat(made(proposals.approve(second.id(), ANNA)).state()).isEqualTo(State.COMMITTED);
    }

    @Test
    void isRefusedWhenItsDocumentsChangedMeanwhile() {
        Proposal proposal = propose(ANNA, null, SENSITIVE, limit("org=acme", 5));
        registry.commit(set(limit("org=acme", 6)));

        assertThat(refused(proposals.approve(proposal.id(), BERT))).isInstanceOf(CommitResult.Stale.class);

        assertThat(now(proposal).state()).isEqualTo(State.FAILED);
        assertThat(now(proposal).failure()).contains("org=acme/rate-limit.requests");
        assertThat(refused(proposals.approve(proposal.id(), BERT))).isInstanceOf(CommitResult.Conflict.class);
    }

    @Test
    void waitsWhenItDoesNotFitTheRestYet() {
        Proposal proposal = propose(ANNA, null, change("setting/tenant=acme-de/oidc.required", "{\"value\":false}"));
        registry.commit(set(change("tenant/acme-de", null)));

        assertThat(refused(proposals.approve(proposal.id(), BERT))).isInstanceOf(CommitResult.Invalid.class);
        assertThat(now(proposal).state()).isEqualTo(State.PENDING);
        registry.commit(set(tenant("acme-de", "acme")));
        assertThat(made(proposals.approve(proposal.id(), BERT)).state()).isEqualTo(State.COMMITTED);
    }

    @Test
    void endsWhenRejectedOrWithdrawn() {
        Proposal rejected = propose(ANNA, null, SENSITIVE);
        Proposal withdrawn = propose(ANNA, now.plusSeconds(60), limit("org=acme", 5));

        assertThat(made(proposals.reject(rejected.id(), BERT, "not now")).decided())
                .satisfies(decided -> assertThat(decided).isNotNull());
        assertThat(refused(proposals.withdraw(withdrawn.id(), BERT, null))).isInstanceOf(CommitResult.Forbidden.class);
        assertThat(made(proposals.withdraw(withdrawn.id(), ANNA, null)).state()).isEqualTo(State.WITHDRAWN);

        assertThat(refused(proposals.approve(rejected.id(), BERT))).isInstanceOf(CommitResult.Conflict.class);
        assertThat(refused(proposals.reject(withdrawn.id(), BERT, null))).isInstanceOf(CommitResult.Conflict.class);
        assertThat(refused(proposals.approve(99, BERT))).isInstanceOf(CommitResult.Missing.class);
        now = now.plusSeconds(61);
        assertThat(proposals.commitDue()).isZero();
    }

    @Test
    void isMadeWhenItIsDueAndNotBefore() {
        Proposal scheduled = propose(ANNA, now.plusSeconds(60), limit("org=acme", 5));
        assertThat(scheduled.state()).isEqualTo(State.SCHEDULED);
        now = now.plusSeconds(59);
        assertThat(proposals.commitDue()).isZero();

        now = now.plusSeconds(1);
        assertThat(proposals.commitDue()).isEqualTo(1);

        assertThat(now(scheduled).revision()).isEqualTo(2);
        assertThat(database.ask("SELECT actor FROM registry.revision WHERE number = 2"))
                .isEqualTo("a-1 (anna)");
        assertThat(proposals.commitDue()).isZero();
    }

    @Test
    void needsApprovalAndItsTimeWhenItIsSensitiveAndScheduled() {
        Proposal proposal = propose(ANNA, now.plusSeconds(60), SENSITIVE);
        Proposal late = propose(ANNA, now.plusSeconds(60), change("setting/global/oidc.required", "{\"value\":true}"));
        assertThat(proposal.state()).isEqualTo(State.PENDING);

        assertThat(made(proposals.approve(proposal.id(), BERT)).state()).isEqualTo(State.SCHEDULED);
        now = now.plusSeconds(61);
        assertThat(proposals.commitDue()).isEqualTo(1);
        assertThat(database.ask("SELECT actor FROM registry.revision WHERE number = 2"))
                .isEqualTo("a-1 (anna), approved by b-2 (bert)");

        assertThat(now(late).state())
                .as("its time has come, its approval has not")
                .isEqualTo(State.PENDING);
        assertThat(made(proposals.approve(late.id(), BERT)).state()).isEqualTo(State.COMMITTED);
    }

    @Test
    void saysWhyItFailedWhenItWasDue() {
        Proposal scheduled = propose(ANNA, now.plusSeconds(60), limit("org=acme", 5));
        Proposal other = propose(ANNA, now.plusSeconds(61), limit("tenant=acme-de", 5));
        registry.commit(set(limit("org=acme", 6)));
        now = now.plus(Duration.ofDays(400)); // a clock that jumps makes it late, never twice

        assertThat(proposals.commitDue()).isEqualTo(1);

        assertThat(now(scheduled).state()).isEqualTo(State.FAILED);
        assertThat(now(scheduled).failure()).contains("exists already, at version 2");
        assertThat(now(other).state()).isEqualTo(State.COMMITTED);
    }

    @Test
    void isMadeOnceHoweverManyApprove() throws Exception {
        Proposal proposal = propose(ANNA, null, SENSITIVE);
        List<Callable<Decision>> approvers = List.of(
                () -> proposals.approve(proposal.id(), BERT),
                () -> proposals.approve(proposal.id(), new Party("c-3", "c-3", null, true)),
                () -> proposals.reject(proposal.id(), new Party("d-4", "d-4", null, true), null));
        int made = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Decision> decision : threads.invokeAll(approvers)) {
                made += decision.get() instanceof Decision.Made ? 1 : 0;
            }
        }

        assertThat(made).isEqualTo(1);
        assertThat(database.ask("SELECT count(*) FROM registry.revision"))
                .isEqualTo(now(proposal).state() == State.COMMITTED ? "2" : "1");
    }

    @Test
    void listsWithoutBodies() {
        propose(ANNA, null, SENSITIVE);
        Proposal second = propose(ANNA, now.plusSeconds(60), limit("org=acme", 5));

        List<Proposal> open = proposals.list(EnumSet.of(State.PENDING, State.SCHEDULED), 10);

        assertThat(open).extracting(Proposal::state).containsExactly(State.SCHEDULED, State.PENDING);
        assertThat(open.getFirst().changes()).singleElement().satisfies(change -> {
            assertThat(change.key()).isEqualTo(second.changes().getFirst().key());
            assertThat(change.newBody()).isNull();
        });
        assertThat(proposals.list(EnumSet.of(State.PENDING, State.SCHEDULED), 1))
                .hasSize(1);
        assertThat(proposals.list(EnumSet.of(State.FAILED), 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE registry.proposal SET changes = '[]'",
                "UPDATE registry.proposal SET author = 'x'",
                "UPDATE registry.proposal SET state = 'scheduled'",
                "UPDATE registry.proposal SET state = 'scheduled', decided_by = author, decided_actor = 'x', decided_at = now()",
                "DELETE FROM registry.proposal",
            })
    void cannotBeEditedOrApprovedByItsAuthorInTheDatabaseEither(String sql) {
        propose(ANNA, null, SENSITIVE);

        assertThatThrownBy(() -> {
                    try (Connection connection = database.owner();
                            Statement statement = connection.createStatement()) {
                        statement.execute("SET ROLE gatewright_service");
                        statement.execute(sql);
                    }
                })
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isIn("42501", "23514"));
    }
}
