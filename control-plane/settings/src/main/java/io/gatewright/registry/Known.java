package io.gatewright.registry;

import io.gatewright.audit.AuditChain;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody knows of the registry. Immutable.
 *
 * <p>The hash tells whether a database still holds the revision we know: after a restored backup it may hold an older
 * head, or another revision of the same number.
 *
 * @param hash of the settings' revision
 */
record Known(Settings settings, String hash) {
    static final Known NOTHING = new Known(Settings.EMPTY, AuditChain.GENESIS);

    /** A step forward and the documents it changed. */
    record Step(Known known, Set<DocumentKey> changed) {}

    /** Everything. Needs a transaction that no commit can run into: REPEATABLE READ, or the registry's lock. */
    static Known load(Connection connection, WhenUnreadable whenUnreadable) throws SQLException {
        RevisionTable.Head head = RevisionTable.head(connection);
        List<Document> documents = DocumentTable.all(connection, whenUnreadable);
        return new Known(Settings.EMPTY.with(head.number(), documents), head.hash());
    }

    /** Everything, in a read-only transaction of its own. */
    static Known loadInSnapshot(Connection connection, WhenUnreadable whenUnreadable) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            return load(connection, whenUnreadable);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** All later revisions as one step, or empty when this revision is not in that database. */
    Optional<Step> read(Connection connection, WhenUnreadable whenUnreadable) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ChangeTable.SINCE)) {
            ChangeTable.bindSince(statement, 1, settings.revision());
            try (ResultSet rows = statement.executeQuery()) {
                return read(rows, whenUnreadable);
            }
        }
    }

    /** As {@link #read(Connection, WhenUnreadable)}, from the rows of {@link ChangeTable#SINCE}. */
    Optional<Step> read(ResultSet rows, WhenUnreadable whenUnreadable) throws SQLException {
        long revision = settings.revision();
        if (revision > 0
                && !(rows.next()
                        && rows.getLong(1) == revision
                        && Columns.hash(rows, 2).equals(hash))) {
            return Optional.empty();
        }
        String newHash = hash;
        Map<DocumentKey, Document> changed = new LinkedHashMap<>();
        while (rows.next()) {
            revision = rows.getLong(1);
            newHash = Columns.hash(rows, 2);
            String kind = rows.getString(3); // null of a revision without changes
            Document document =
                    kind == null ? null : whenUnreadable.document(kind, rows.getString(4), revision, rows.getString(5));
            if (document != null) {
                changed.put(document.key(), document);
            }
        }
        Settings next = revision == settings.revision() ? settings : settings.with(revision, changed.values());
        return Optional.of(new Step(new Known(next, newHash), Set.copyOf(changed.keySet())));
    }

    /** The documents that differ between two states that need not have a common past. */
    static Set<DocumentKey> difference(Settings one, Settings other) {
        Set<DocumentKey> keys = new HashSet<>();
        addDiffering(one, other, keys);
        addDiffering(other, one, keys);
        return Set.copyOf(keys);
    }

    private static void addDiffering(Settings one, Settings other, Set<DocumentKey> keys) {
        for (Document document : allDocuments(one)) {
            @Nullable Document counterpart = other.get(document.key());
            if (!document.equals(counterpart)) {
                keys.add(document.key());
            }
        }
    }

    static List<Document> allDocuments(Settings settings) {
        List<Document> documents = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            documents.addAll(settings.all(kind));
        }
        return documents;
    }
}
