package io.gatewright.registry;

import io.gatewright.settings.Document;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The table {@code registry.document}: what is. */
final class DocumentTable {
    private static final int FETCH_ROWS = 5_000;

    static final String WRITE = """
        INSERT INTO registry.document (kind, id, version, body)
        SELECT kind, id, ?, body::jsonb FROM unnest(?::text[], ?::text[], ?::text[]) AS written (kind, id, body)
        ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, body = excluded.body;
        """;

    /** Sent only when something is removed: a delete by a list may read the whole table when it is small. */
    static final String REMOVE = """
        DELETE FROM registry.document
        WHERE (kind, id) IN (SELECT kind, id FROM unnest(?::text[], ?::text[]) AS removed (kind, id));
        """;

    private static final String ALL = "SELECT kind, id, version, body FROM registry.document";

    private static final String DIFFERING_FROM_HISTORY = """
        SELECT coalesce(h.revision, d.version), coalesce(d.kind, h.kind) || '/' || coalesce(d.id, h.id)
        FROM registry.document d FULL JOIN (
            SELECT DISTINCT ON (kind, id) kind, id, revision, new_body
            FROM registry.change ORDER BY kind, id, revision DESC) h ON d.kind = h.kind AND d.id = h.id
        WHERE d.body IS DISTINCT FROM h.new_body OR d.version IS DISTINCT FROM h.revision AND d.body IS NOT NULL
        ORDER BY 1, 2 LIMIT 1
        """;

    private DocumentTable() {}

    /**
     * A document that is not as its newest change left it.
     *
     * @param revision of that change, or of the document when no change ever made it
     */
    record Differing(long revision, String name) {}

    /** The one of the oldest revision, or empty when all are as they should be. */
    static Optional<Differing> differingFromHistory(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DIFFERING_FROM_HISTORY);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(new Differing(rows.getLong(1), rows.getString(2))) : Optional.empty();
        }
    }

    /**
     * Binds {@link #WRITE} from a parameter on and returns the next parameter. Tenants come before settings: the row policies
     * look up the org of a setting's tenant.
     */
    static int bindWrite(PreparedStatement statement, int first, long revision, List<DocumentChange> changes)
            throws SQLException {
        List<DocumentChange> written = changes.stream()
                .sorted(Comparator.comparing(change -> change.key().kind()))
                .toList();
        statement.setLong(first, revision);
        int next = bindKeys(statement, first + 1, written);
        Columns.setTexts(statement, next, written, change -> Columns.text(change.newBody()));
        return next + 1;
    }

    /** Binds {@link #REMOVE}, or the first two columns of {@link #WRITE}, and returns the next parameter. */
    static int bindKeys(PreparedStatement statement, int first, List<DocumentChange> changes) throws SQLException {
        Columns.setTexts(
                statement, first, changes, change -> change.key().kind().wireName());
        Columns.setTexts(statement, first + 1, changes, change -> change.key().id());
        return first + 2;
    }

    /** Every document. Needs a transaction, or the driver reads all rows at once. */
    static List<Document> all(Connection connection, WhenUnreadable whenUnreadable) throws SQLException {
        List<Document> documents = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(ALL)) {
            statement.setFetchSize(FETCH_ROWS);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Document document = whenUnreadable.document(
                            rows.getString(1), rows.getString(2), rows.getLong(3), rows.getString(4));
                    if (document != null) {
                        documents.add(document);
                    }
                }
            }
        }
        return documents;
    }
}
