package io.gatewright.registry;

import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * How the registry came to be what it is. Thread-safe; writes nothing. Every method throws {@link RegistryException} when
 * the database cannot be used.
 */
public final class History {
    private final DataSource dataSource;

    public History(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** What one revision did to one document. */
    public record Past(RevisionHeader revision, DocumentChange change) {}

    /** One revision with its changes. */
    public Optional<Revision> revision(long number) {
        return read(connection -> ChangeTable.trail(connection, number - 1, number)).stream()
                .findFirst();
    }

    /** Revisions before that number ({@link Long#MAX_VALUE} for the newest), newest first. */
    public List<Revision> revisions(long before, int limit) {
        long newest = read(RevisionTable::head).number();
        long last = Math.min(before - 1, newest);
        List<Revision> revisions = new ArrayList<>();
        trail(Math.max(0, last - limit), last).forEachRemaining(revisions::add);
        return revisions.reversed();
    }

    /** All revisions after that number in order, read page by page: an audit export, and what verifies it. */
    public Iterator<Revision> trail(long after) {
        return trail(after, Long.MAX_VALUE);
    }

    private Iterator<Revision> trail(long after, long last) {
        return new Iterator<>() {
            private final Deque<Revision> page = new ArrayDeque<>();
            private long read = after;

            @Override
            public boolean hasNext() {
                if (page.isEmpty()) {
                    page.addAll(History.this.read(connection -> ChangeTable.trail(connection, read, last)));
                    read = page.isEmpty() ? read : page.getLast().header().number();
                }
                return !page.isEmpty();
            }

            @Override
            public Revision next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("There is no later revision");
                }
                return page.removeFirst();
            }
        };
    }

    /** The number of the revision that was the newest at that time, 0 when there was none yet. */
    public long revisionAt(Instant time) {
        return read(connection -> RevisionTable.newestAt(connection, time));
    }

    /** All documents as that revision left them. Costs what there is: for questions about the past. */
    public Settings settingsAt(long revision) {
        return Settings.EMPTY.with(
                revision, read(connection -> ChangeTable.stateAt(connection, revision, WhenUnreadable.SKIP)));
    }

    /**
     * The changes that restore what was there after {@code revision}; each expects the version of now, so that a commit
     * between is not undone unseen. Signing keys stay. Empty when there is nothing to restore.
     */
    public List<Change> changesBackTo(long revision) {
        return read(connection -> ChangeTable.backTo(connection, revision));
    }

    /** What became of a document over time, newest first. */
    public List<Past> history(DocumentKey key, int limit) {
        return read(connection -> ChangeTable.ofDocument(connection, key, limit));
    }

    /** Who made those revisions, when and why. Numbers that are no revision are left out. */
    public Map<Long, RevisionHeader> headers(Set<Long> numbers) {
        Map<Long, RevisionHeader> headers = new HashMap<>();
        read(connection -> RevisionTable.ofNumbers(connection, numbers))
                .forEach(header -> headers.put(header.number(), header));
        return Map.copyOf(headers);
    }

    private <T> T read(Query<T> query) {
        try (Connection connection = dataSource.getConnection()) {
            return query.of(connection);
        } catch (SQLException e) {
            throw RegistryException.of("Reading the registry's history", e);
        }
    }

    private interface Query<T> {
        T of(Connection connection) throws SQLException;
    }
}
