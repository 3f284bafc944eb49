package io.gatewright.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.audit.AuditChain;
import io.gatewright.audit.AuditFile;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Settings;
import java.io.IOException;
import java.io.OutputStream;
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
        long last = Math.min(before - 1, newest());
        List<Revision> revisions = new ArrayList<>();
        trail(Math.max(0, last - limit), last).forEachRemaining(revisions::add);
        return revisions.reversed();
    }

    /** All revisions after that number in order, read page by page. */
    Iterator<Revision> trail(long after) {
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

    /** Recomputes the whole chain, and compares what there is now with what history says there should be. */
    public AuditChain.Verdict verify() {
        AuditChain.Verdict verdict = AuditChain.verify(json(trail(0)));
        return verdict instanceof AuditChain.Verdict.Altered
                ? verdict
                : read(ChangeTable::misnumbered)
                        .map(revision ->
                                new AuditChain.Verdict.Altered(revision, "its changes are not numbered in order"))
                        .or(() -> read(DocumentTable::differingFromHistory)
                                .map(key -> new AuditChain.Verdict.Altered(
                                        key.revision(), "the document " + key.name() + " is not as the history says")))
                        .<AuditChain.Verdict>map(altered -> altered)
                        .orElse(verdict);
    }

    /**
     * Writes an audit export, page by page, as what is stored says: {@link AuditFile#verify} judges it.
     *
     * @param from the first revision, 1 to {@code to + 1}
     * @param to the last, at most the newest
     * @throws IOException when {@code out} cannot be written
     */
    public void export(long from, long to, OutputStream out) throws IOException {
        String previousHash = from == 1
                ? AuditChain.GENESIS
                : revision(from - 1)
                        .map(revision -> revision.header().hash())
                        .orElseThrow(
                                () -> new RegistryException("The registry's history has no revision " + (from - 1)));
        AuditFile.write(out, from, previousHash, json(trail(from - 1, to)));
    }

    private static Iterator<ObjectNode> json(Iterator<Revision> revisions) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return revisions.hasNext();
            }

            @Override
            public ObjectNode next() {
                return revisions.next().toJson();
            }
        };
    }

    /** The newest revision's number, 0 when there is none. */
    public long newest() {
        return read(RevisionTable::head).number();
    }

    /**
     * The number of the newest revision whose time is not after that one, 0 when there is none. When the database's clock
     * was set back, a later revision can have an earlier time; then the later one counts, so that a later time never gives
     * an earlier state.
     */
    public long revisionAt(Instant time) {
        return read(connection -> RevisionTable.newestAt(connection, time));
    }

    /** All documents as that revision left them. Costs what there is: for questions about the past. */
    public Settings settingsAt(long revision) {
        return Settings.EMPTY.with(
                revision, read(connection -> ChangeTable.stateAt(connection, revision, WhenUnreadable.SKIP)));
    }

    /**
     * All documents as an earlier revision left them. Costs what changed since, and shares the rest with {@code current}.
     *
     * @param current what there is at a later revision, or that one
     */
    public Settings before(Settings current, long revision) {
        if (revision == current.revision()) {
            return current;
        }
        List<Document> then = new ArrayList<>();
        for (ChangeTable.Net net : read(connection -> ChangeTable.net(connection, revision, current.revision()))) {
            long version = net.oldVersion() == null ? revision : net.oldVersion();
            Document document = net.oldBody() == null
                    ? new Document(net.key(), version, null)
                    : WhenUnreadable.SKIP.document(net.key(), version, net.oldBody());
            then.add(document == null ? new Document(net.key(), version, null) : document);
        }
        return current.with(revision, then);
    }

    /** What differs between two revisions, sorted by kind and id; {@code from} may be the later one. */
    public List<Difference> differences(long from, long to) {
        boolean forward = from <= to;
        return read(connection -> ChangeTable.net(connection, Math.min(from, to), Math.max(from, to))).stream()
                .filter(ChangeTable.Net::differs)
                .map(net -> forward
                        ? new Difference(net.key(), net.revision(), net.oldBody(), net.newBody())
                        : new Difference(net.key(), net.revision(), net.newBody(), net.oldBody()))
                .toList();
    }

    /**
     * The changes that restore what was there after {@code revision}; each expects the version at revision {@code head}, so
     * that a commit between is not undone unseen. Signing keys stay. Empty when there is nothing to restore.
     */
    public List<Change> changesBackTo(long revision, long head) {
        return read(connection -> ChangeTable.backTo(connection, revision, head));
    }

    /** What became of a document in revisions before that number, newest first. */
    public List<Past> history(DocumentKey key, long before, int limit) {
        return read(connection -> ChangeTable.ofDocument(connection, key, before, limit));
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
