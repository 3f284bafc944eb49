package io.gatewright.registry;

import io.gatewright.registry.Proposal.Decided;
import io.gatewright.registry.Proposal.State;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table {@code registry.proposal}: what shall become, and what became of it. */
final class ProposalTable {
    private static final int DUE_AT_ONCE = 100;

    private static final String WITHOUT_CHANGES = """
        SELECT id, state, author, author_actor, author_orgs, author_person, reason, correlation_id, sensitive, not_before,
            proposed_at, decided_by, decided_actor, decided_at, comment, revision, failure""";

    private static final String WHOLE = WITHOUT_CHANGES + ", changes FROM registry.proposal ";

    private static final String INSERT = """
        INSERT INTO registry.proposal (state, author, author_actor, author_orgs, author_person, reason, correlation_id,
            changes, sensitive, not_before, proposed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?) RETURNING id
        """;

    private static final String FIND = WHOLE + "WHERE id = ?";

    /** The first changes only, and without bodies, which can be large. */
    private static final String LIST = WITHOUT_CHANGES + """
        , (SELECT jsonb_agg(change || '{"old": null, "new": null}' ORDER BY place)
            FROM jsonb_array_elements(changes) WITH ORDINALITY AS entries (change, place) WHERE place <= 3)
        FROM registry.proposal WHERE state = ANY (?) ORDER BY id DESC LIMIT ?""";

    private static final String DUE = WHOLE + """
        WHERE state = 'scheduled' AND not_before <= ? ORDER BY not_before, id LIMIT ?""";

    private static final String COMMIT = """
        UPDATE registry.proposal SET state = 'committed', revision = ?, decided_by = coalesce(?, decided_by),
            decided_actor = coalesce(?, decided_actor), decided_at = coalesce(decided_at, CASE WHEN ? THEN clock_timestamp() END)
        WHERE id = ? AND state = ?
        """;

    private static final String DECIDE = """
        UPDATE registry.proposal SET state = ?, decided_by = ?, decided_actor = ?, decided_at = ?, comment = ?
        WHERE id = ? AND state = ANY (?)
        """;

    private static final String FAIL = """
        UPDATE registry.proposal SET state = 'failed', failure = ?, decided_by = coalesce(?, decided_by),
            decided_actor = coalesce(?, decided_actor), decided_at = coalesce(decided_at, CASE WHEN ? THEN clock_timestamp() END)
        WHERE id = ? AND state IN ('pending', 'scheduled')
        """;

    private ProposalTable() {}

    /** Keeps it and gives it back with its id. */
    static Optional<Proposal> insert(Connection connection, Proposal proposal) throws SQLException {
        long id;
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, proposal.state().wireName());
            statement.setString(2, proposal.author().subject());
            statement.setString(3, proposal.author().actor());
            statement.setArray(4, texts(connection, proposal.author().orgs()));
            statement.setBoolean(5, proposal.author().person());
            statement.setString(6, proposal.reason());
            statement.setString(7, proposal.correlationId());
            statement.setString(8, Revision.changesToJson(proposal.changes()).toString());
            statement.setBoolean(9, proposal.sensitive());
            setTime(statement, 10, proposal.notBefore());
            setTime(statement, 11, proposal.proposedAt());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                id = row.getLong(1);
            }
        }
        return find(connection, id);
    }

    static Optional<Proposal> find(Connection connection, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setLong(1, id);
            return all(statement).stream().findFirst();
        }
    }

    static List<Proposal> list(Connection connection, Set<State> states, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LIST)) {
            statement.setArray(1, names(connection, states));
            statement.setInt(2, limit);
            return all(statement);
        }
    }

    /** The oldest of those whose time has come. */
    static List<Proposal> due(Connection connection, Instant now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DUE)) {
            Columns.setTime(statement, 1, now);
            statement.setInt(2, DUE_AT_ONCE);
            return all(statement);
        }
    }

    /** Notes the revision that it became; false when it is not in that state any more. */
    static boolean commit(Connection connection, long id, long revision, State from, @Nullable Party approver)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COMMIT)) {
            statement.setLong(1, revision);
            bindApprover(statement, 2, approver);
            statement.setLong(5, id);
            statement.setString(6, from.wireName());
            return statement.executeUpdate() == 1;
        }
    }

    /** Notes what somebody decided; false when it is in none of those states any more. */
    static boolean decide(
            Connection connection,
            long id,
            State state,
            Set<State> from,
            Party who,
            Instant at,
            @Nullable String comment)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DECIDE)) {
            statement.setString(1, state.wireName());
            statement.setString(2, who.subject());
            statement.setString(3, who.actor());
            Columns.setTime(statement, 4, at);
            statement.setString(5, comment);
            statement.setLong(6, id);
            statement.setArray(7, names(connection, from));
            return statement.executeUpdate() == 1;
        }
    }

    /** Notes why it could not be made. */
    static boolean fail(Connection connection, long id, String why, @Nullable Party approver) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FAIL)) {
            statement.setString(1, why);
            bindApprover(statement, 2, approver);
            statement.setLong(5, id);
            return statement.executeUpdate() == 1;
        }
    }

    private static void bindApprover(PreparedStatement statement, int first, @Nullable Party approver)
            throws SQLException {
        statement.setString(first, approver == null ? null : approver.subject());
        statement.setString(first + 1, approver == null ? null : approver.actor());
        statement.setBoolean(first + 2, approver != null);
    }

    private static List<Proposal> all(PreparedStatement statement) throws SQLException {
        List<Proposal> proposals = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                proposals.add(proposal(row));
            }
        }
        return proposals;
    }

    private static Proposal proposal(ResultSet row) throws SQLException {
        String decidedBy = row.getString(12);
        return new Proposal(
                row.getLong(1),
                State.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
                new Party(row.getString(3), row.getString(4), texts(row, 5), row.getBoolean(6)),
                row.getString(7),
                row.getString(8),
                Revision.changesFromJson(Json.stored(row.getString(18))),
                row.getBoolean(9),
                row.getObject(10) == null ? null : Columns.time(row, 10),
                Columns.time(row, 11),
                decidedBy == null
                        ? null
                        : new Decided(decidedBy, row.getString(13), Columns.time(row, 14), row.getString(15)),
                row.getObject(16, Long.class),
                row.getString(17));
    }

    private static void setTime(PreparedStatement statement, int parameter, @Nullable Instant time)
            throws SQLException {
        if (time == null) {
            statement.setNull(parameter, Types.TIMESTAMP_WITH_TIMEZONE);
        } else {
            Columns.setTime(statement, parameter, time);
        }
    }

    private static @Nullable Array texts(Connection connection, @Nullable Collection<String> texts)
            throws SQLException {
        return texts == null ? null : connection.createArrayOf("text", texts.toArray());
    }

    private static @Nullable Set<String> texts(ResultSet row, int column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? null : Set.of((String[]) array.getArray());
    }

    private static Array names(Connection connection, Set<State> states) throws SQLException {
        return connection.createArrayOf(
                "text", states.stream().map(State::wireName).toArray());
    }
}
