package io.gatewright.registry;

import io.gatewright.events.EventLog;
import io.gatewright.events.schema.CatalogCheck;
import io.gatewright.events.schema.SchemaCatalog;
import io.gatewright.settings.Document;
import io.gatewright.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Where settings are written. Thread-safe; any number of processes may write to the same database.
 *
 * <p>A change set becomes a revision in one transaction or is refused with all that is wrong. Revisions are numbered
 * without gaps in the order of commits.
 */
public final class Registry {
    /** The channel that hints at a new revision; the payload is its number. */
    public static final String CHANNEL = "gatewright_settings";

    /*
     * One transaction is three round trips: enter (begin, lock, what others wrote meanwhile), write, commit. The lock
     * makes commits of all processes a queue, so that what was checked is what is written over. It is taken by a statement
     * of its own: under READ COMMITTED the next statement's snapshot is then younger than the last holder's commit, which
     * a snapshot taken together with the lock would not be.
     *
     * The check needs all documents, and reading them would make a commit cost what the registry holds. So this object
     * keeps the state it last saw and reads only the changes since. Inside this process a plain lock queues up first, so
     * that waiting writers do not hold one connection each.
     */
    private static final long LOCK = 0x6761_7465_7772_6774L;

    private static final int ATTEMPTS = 3;

    private static final String ENTER = """
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SET LOCAL enable_seqscan = off;
        SELECT clock_timestamp(), set_config('gatewright.orgs', ?, true) FROM pg_advisory_xact_lock(?);
        """ + ChangeTable.SINCE;

    private static final String NOTIFY = "SELECT pg_notify('" + CHANNEL + "', ?)";

    private static final String CHANGES = RevisionTable.INSERT + DocumentTable.WRITE + ChangeTable.INSERT;
    private static final String WRITE = CHANGES + EventLog.APPEND + NOTIFY;
    private static final String WRITE_AND_REMOVE = CHANGES + DocumentTable.REMOVE + EventLog.APPEND + NOTIFY;

    private static final String TELL = RevisionTable.INSERT + NOTIFY;

    /** The statements before the removal in {@link #WRITE_AND_REMOVE}. */
    private static final int REMOVAL = 3;

    private final DataSource dataSource;
    private final EventLog events;
    private final Clock clock;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private Known base = Known.NOTHING; // guarded by oneAtATime; holds only what is committed
    private boolean loaded; // guarded by oneAtATime

    /**
     * @param dataSource connections in the role {@code gatewright_service}
     * @param events gets {@code settings.revision.committed.v1} of each revision that changes documents, in the revision's transaction
     * @param clock for {@link CommitResult.Committed#committedAt}
     */
    public Registry(DataSource dataSource, EventLog events, Clock clock) {
        this.dataSource = dataSource;
        this.events = events;
        this.clock = clock;
    }

    /** The same with an event log of its own, which wakes no sequencer: its events wait until one looks for them. */
    public Registry(DataSource dataSource, Clock clock) {
        this(dataSource, new EventLog(new CatalogCheck(SchemaCatalog.load()), null), clock);
    }

    /**
     * Makes the changes, or says why not.
     *
     * @throws RegistryException when the database cannot be used; when its message speaks of the commit, the revision may
     *     exist all the same
     */
    public CommitResult commit(Changeset changeset) {
        return commit(changeset, Mandate.FULL);
    }

    /** The same for a writer who may not write everything, or not everything at once. */
    public CommitResult commit(Changeset changeset, Mandate mandate) {
        return commit(changeset, mandate, (connection, revision) -> null);
    }

    /** The same with something that is written along with the revision. */
    CommitResult commit(Changeset changeset, Mandate mandate, Along along) {
        Draft draft = Draft.of(changeset);
        if (!draft.problems().isEmpty()) {
            return new CommitResult.Invalid(List.copyOf(draft.problems()));
        }
        oneAtATime.lock();
        try {
            return withRetries(connection -> inTransaction(connection, draft, mandate, along));
        } finally {
            oneAtATime.unlock();
        }
    }

    /** What somebody does to something else than documents. */
    @FunctionalInterface
    public interface Deed {
        /** Does it in that transaction, or returns false when there is nothing to do any more. */
        boolean in(Connection transaction) throws SQLException;
    }

    /**
     * Does it, and says in the history who did what and why: a revision that changes no document and has no event, both or
     * neither.
     *
     * @param told without changes; its reason says what is done
     * @return false when there was nothing to do; nothing is written then
     * @throws IllegalArgumentException when what is told cannot be stored
     * @throws RegistryException as {@link #commit} does
     */
    public boolean tell(Changeset told, Deed deed) {
        if (!told.isStorableWithoutChanges()) {
            throw new IllegalArgumentException(
                    "What was done cannot be told: actor, reason or correlation id is unfit");
        }
        oneAtATime.lock();
        try {
            return withRetries(connection -> tell(connection, told, deed));
        } finally {
            oneAtATime.unlock();
        }
    }

    /** What is written in the transaction of a revision, after it. */
    interface Along {
        /** Writes it, or says why the revision must not be either. */
        @Nullable
        CommitResult write(Connection connection, long revision) throws SQLException;
    }

    /** One attempt at a transaction. */
    private interface Try<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T withRetries(Try<T> work) {
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = dataSource.getConnection()) {
                return work.on(connection);
            } catch (SQLException e) {
                boolean again = "40001".equals(e.getSQLState()) || "40P01".equals(e.getSQLState());
                if (!again || attempt == ATTEMPTS) {
                    throw RegistryException.of("Writing to the registry", e);
                }
            }
        }
    }

    private CommitResult inTransaction(Connection connection, Draft draft, Mandate mandate, Along along)
            throws SQLException {
        connection.setAutoCommit(false);
        boolean committed = false;
        try {
            Instant at = enter(connection, mandate);
            Settings before = base.settings();
            CommitResult refusal = draft.refusal(before);
            if (refusal != null) {
                return refusal;
            }
            List<Document> documents = draft.documents(before);
            if (documents.isEmpty()) {
                return new CommitResult.Unchanged(before.revision());
            }
            Settings candidate = before.with(before.revision() + 1, documents);
            CommitResult inconsistency = Draft.inconsistency(before, candidate, documents);
            if (inconsistency != null) {
                return inconsistency;
            }
            CommitResult beyond = mandate.refusal(before, candidate, documents);
            if (beyond != null) {
                return beyond;
            }
            Revision revision = Revision.after(
                    base.hash(), candidate.revision(), at, draft.changeset(), Draft.changes(before, documents));
            write(connection, revision);
            CommitResult notAlong = along.write(connection, candidate.revision());
            if (notAlong != null) {
                return notAlong;
            }
            commit(connection);
            committed = true;
            events.committed();
            base = new Known(candidate, revision.header().hash());
            return new CommitResult.Committed(candidate.revision(), at, clock.instant(), List.copyOf(documents));
        } finally {
            leave(connection, committed);
        }
    }

    private boolean tell(Connection connection, Changeset told, Deed deed) throws SQLException {
        connection.setAutoCommit(false);
        boolean committed = false;
        try {
            Instant at = enter(connection, Mandate.FULL);
            if (!deed.in(connection)) {
                return false;
            }
            Settings same = base.settings().with(base.settings().revision() + 1, List.of());
            RevisionHeader header = Revision.after(base.hash(), same.revision(), at, told, List.of())
                    .header();
            try (PreparedStatement statement = connection.prepareStatement(TELL)) {
                int next = RevisionTable.bindInsert(statement, 1, header);
                statement.setString(next, Long.toString(header.number()));
                statement.execute();
            }
            commit(connection);
            committed = true;
            base = new Known(same, header.hash());
            return true;
        } finally {
            leave(connection, committed);
        }
    }

    /** Takes the lock, brings {@link #base} up to what is committed, and gives the database's time. */
    private Instant enter(Connection connection, Mandate mandate) throws SQLException {
        Instant at;
        Optional<Known.Step> step;
        try (PreparedStatement statement = connection.prepareStatement(ENTER)) {
            statement.setString(1, mandate.setting());
            statement.setLong(2, LOCK);
            ChangeTable.bindSince(statement, 3, base.settings().revision());
            statement.execute();
            statement.getMoreResults();
            statement.getMoreResults();
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                at = Columns.time(row, 1);
            }
            statement.getMoreResults();
            try (ResultSet rows = statement.getResultSet()) {
                step = loaded ? base.read(rows, WhenUnreadable.REFUSE) : Optional.empty();
            }
        }
        base = step.isPresent() ? step.get().known() : Known.load(connection, WhenUnreadable.REFUSE);
        loaded = true;
        return at;
    }

    private void write(Connection connection, Revision revision) throws SQLException {
        List<DocumentChange> written =
                revision.changes().stream().filter(c -> c.newBody() != null).toList();
        List<DocumentChange> removed =
                revision.changes().stream().filter(c -> c.newBody() == null).toList();
        long number = revision.header().number();
        try (PreparedStatement statement = connection.prepareStatement(removed.isEmpty() ? WRITE : WRITE_AND_REMOVE)) {
            int next = RevisionTable.bindInsert(statement, 1, revision.header());
            next = DocumentTable.bindWrite(statement, next, number, written);
            next = ChangeTable.bindInsert(statement, next, number, revision.changes());
            next = removed.isEmpty() ? next : DocumentTable.bindKeys(statement, next, removed);
            next = events.bind(statement, next, RevisionEvent.of(revision));
            statement.setString(next, Long.toString(number));
            statement.execute();
            if (!removed.isEmpty()) {
                requireRemoved(statement, removed.size());
            }
        }
    }

    /** A row policy does not refuse the removal of a row, it leaves the row out. */
    private static void requireRemoved(PreparedStatement statement, int count) throws SQLException {
        int removed = 0;
        for (int before = 0; before < REMOVAL; before++) {
            statement.getMoreResults();
            removed = statement.getUpdateCount();
        }
        if (removed != count) {
            throw new SQLException("a row policy kept " + (count - removed) + " documents from being removed", "42501");
        }
    }

    private static void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new SQLException(
                    "the commit itself failed, it is unknown whether it took effect: " + e.getMessage(),
                    e.getSQLState(),
                    e);
        }
    }

    private static void leave(Connection connection, boolean committed) throws SQLException {
        try {
            if (!committed) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // What led here says more than this does, and a connection that cannot roll back has none to keep.
            connection.abort(Runnable::run);
        }
    }
}
