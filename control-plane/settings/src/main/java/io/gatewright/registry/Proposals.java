package io.gatewright.registry;

import io.gatewright.registry.Proposal.State;
import io.gatewright.settings.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Change sets that wait for a second person or for their time. Thread-safe; any number of processes may decide.
 *
 * <p>A proposal and the revision that it becomes are one transaction, so it is made once and never half.
 */
public final class Proposals {
    private static final Set<State> OPEN = EnumSet.of(State.PENDING, State.SCHEDULED);

    private final DataSource dataSource;
    private final Registry registry;
    private final Clock clock;

    /**
     * @param dataSource connections in the role {@code gatewright_service}
     * @param clock tells what is due
     */
    public Proposals(DataSource dataSource, Registry registry, Clock clock) {
        this.dataSource = dataSource;
        this.registry = registry;
        this.clock = clock;
    }

    /**
     * Keeps a change set that the registry deferred.
     *
     * @param secondPerson whether its sensitive documents need one; without, it waits for its time only
     * @param notBefore null: not for its time
     */
    public Proposal propose(
            Party author,
            Changeset changeset,
            CommitResult.Deferred deferred,
            boolean secondPerson,
            @Nullable Instant notBefore) {
        boolean sensitive = secondPerson && !deferred.sensitive().isEmpty();
        Proposal proposal = new Proposal(
                0,
                sensitive ? State.PENDING : State.SCHEDULED,
                author,
                changeset.reason(),
                changeset.correlationId(),
                deferred.changes(),
                sensitive,
                notBefore,
                clock.instant(),
                null,
                null,
                null);
        return found(asking(connection -> ProposalTable.insert(connection, proposal)));
    }

    public Optional<Proposal> find(long id) {
        return asking(connection -> ProposalTable.find(connection, id));
    }

    /** Newest first, at most {@code limit}; of their changes the first three, without bodies. */
    public List<Proposal> list(Set<State> states, int limit) {
        return asking(connection -> ProposalTable.list(connection, states, limit));
    }

    /** Lets it be made: now, or when it is due. Its documents must be as they were, and the approver somebody else. */
    public Decision approve(long id, Party approver) {
        Proposal proposal = find(id).orElse(null);
        CommitResult refusal = refusal(id, proposal, EnumSet.of(State.PENDING));
        if (proposal == null || refusal != null) {
            return refused(refusal);
        }
        if (!approver.person()) {
            return forbidden("approver", "is a service account", "let a person approve it");
        }
        if (approver.subject().equals(proposal.author().subject())) {
            return forbidden("approver", "is who proposed it", "let somebody else approve it");
        }
        boolean later = proposal.notBefore() != null && proposal.notBefore().isAfter(clock.instant());
        Mandate mandate = mandate(proposal, later).within(approver.orgs());
        return conclude(
                proposal,
                registry.commit(
                        proposal.changeset(approver.actor()),
                        mandate,
                        (connection, revision) ->
                                ProposalTable.commit(connection, id, revision, State.PENDING, approver)
                                        ? null
                                        : notOpen(id)),
                approver);
    }

    /** Ends it unmade. */
    public Decision reject(long id, Party who, @Nullable String comment) {
        return end(id, who, State.REJECTED, comment);
    }

    /** Ends it unmade, by whoever proposed it. */
    public Decision withdraw(long id, Party who, @Nullable String comment) {
        Proposal proposal = find(id).orElse(null);
        if (proposal != null && !proposal.author().subject().equals(who.subject())) {
            return forbidden("proposal", "is somebody else's", "let its author withdraw it, or an approver reject it");
        }
        return end(id, who, State.WITHDRAWN, comment);
    }

    /** Makes every proposal that is due; one that cannot be made says why. Returns how many became a revision. */
    public int commitDue() {
        int made = 0;
        for (Proposal proposal : asking(connection -> ProposalTable.due(connection, clock.instant()))) {
            String approver =
                    proposal.decided() == null ? null : proposal.decided().actor();
            CommitResult result = registry.commit(
                    proposal.changeset(approver),
                    mandate(proposal, false),
                    (connection, revision) ->
                            ProposalTable.commit(connection, proposal.id(), revision, State.SCHEDULED, null)
                                    ? null
                                    : notOpen(proposal.id()));
            if (result instanceof CommitResult.Committed) {
                made++;
            } else {
                fail(proposal, sentence(result), null);
            }
        }
        return made;
    }

    private static Mandate mandate(Proposal proposal, boolean later) {
        return new Mandate(proposal.author().orgs(), later ? Mandate.Extent.NOTHING : Mandate.Extent.ALL);
    }

    private Decision conclude(Proposal proposal, CommitResult result, Party approver) {
        return switch (result) {
            case CommitResult.Committed committed -> new Decision.Made(found(find(proposal.id())));
            case CommitResult.Deferred deferred ->
                decided(proposal.id(), State.SCHEDULED, EnumSet.of(State.PENDING), approver, null);
            case CommitResult.Stale stale -> { // versions only grow: it can never be made
                fail(proposal, sentence(result), approver);
                yield new Decision.Refused(stale);
            }
            case CommitResult.Unchanged unchanged -> {
                fail(proposal, sentence(result), approver);
                yield new Decision.Refused(new CommitResult.Conflict(
                        List.of(new Problem("proposal", sentence(result), "withdraw what is not needed any more"))));
            }
            case CommitResult.Invalid other -> new Decision.Refused(other);
            case CommitResult.Conflict other -> new Decision.Refused(other);
            case CommitResult.Missing other -> new Decision.Refused(other);
            case CommitResult.Forbidden other -> new Decision.Refused(other);
        };
    }

    private Decision end(long id, Party who, State state, @Nullable String comment) {
        if (comment != null && !StorableText.is(comment)) {
            return refused(
                    new CommitResult.Invalid(List.of(new Problem("comment", StorableText.MESSAGE, StorableText.FIX))));
        }
        CommitResult refusal = refusal(id, find(id).orElse(null), OPEN);
        return refusal == null ? decided(id, state, OPEN, who, comment) : refused(refusal);
    }

    private Decision decided(long id, State state, Set<State> from, Party who, @Nullable String comment) {
        boolean done =
                asking(connection -> ProposalTable.decide(connection, id, state, from, who, clock.instant(), comment));
        return done ? new Decision.Made(found(find(id))) : refused(notOpen(id));
    }

    private void fail(Proposal proposal, String why, @Nullable Party approver) {
        asking(connection -> ProposalTable.fail(connection, proposal.id(), why, approver));
    }

    private static @Nullable CommitResult refusal(long id, @Nullable Proposal proposal, Set<State> wanted) {
        if (proposal == null) {
            return new CommitResult.Missing(
                    List.of(new Problem("id", "there is no proposal " + id, "see /v1/proposals")));
        }
        return wanted.contains(proposal.state())
                ? null
                : notOpen(id, proposal.state().wireName());
    }

    private static CommitResult notOpen(long id) {
        return notOpen(id, "decided by somebody else meanwhile");
    }

    private static CommitResult notOpen(long id, String state) {
        return new CommitResult.Conflict(
                List.of(new Problem("proposal", id + " is " + state, "look at it again; see /v1/proposals/" + id)));
    }

    private static Decision forbidden(String field, String message, String fix) {
        return refused(new CommitResult.Forbidden(List.of(new Problem(field, message, fix))));
    }

    private static Decision refused(@Nullable CommitResult why) {
        if (why == null) {
            throw new IllegalStateException("a refusal without a reason");
        }
        return new Decision.Refused(why);
    }

    private static String sentence(CommitResult result) {
        return switch (result) {
            case CommitResult.Invalid r -> sentences(r.problems());
            case CommitResult.Conflict r -> sentences(r.problems());
            case CommitResult.Missing r -> sentences(r.problems());
            case CommitResult.Forbidden r -> sentences(r.problems());
            case CommitResult.Stale r -> sentences(r.problems());
            case CommitResult.Unchanged r -> "everything is already as it asks for, at revision " + r.revision();
            case CommitResult.Committed r -> "is revision " + r.revision();
            case CommitResult.Deferred r -> "waits";
        };
    }

    private static String sentences(List<Problem> problems) {
        return problems.stream()
                .limit(10)
                .map(problem -> problem.field() + ": " + problem.message())
                .collect(Collectors.joining("; "));
    }

    private static Proposal found(Optional<Proposal> proposal) {
        return proposal.orElseThrow(() -> new IllegalStateException("a proposal went away, which none can"));
    }

    private interface Query<T> {
        T of(Connection connection) throws SQLException;
    }

    private <T> T asking(Query<T> query) {
        try (Connection connection = dataSource.getConnection()) {
            return query.of(connection);
        } catch (SQLException e) {
            throw RegistryException.of("Asking for proposals", e);
        }
    }
}
