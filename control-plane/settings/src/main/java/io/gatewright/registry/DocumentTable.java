package io.gatewright.registry;

import io.gatewright.settings.Document;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

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

    private DocumentTable() {}

    /** Binds {@link #WRITE} from a parameter on and returns the next parameter. */
    static int bindWrite(PreparedStatement statement, int first, long revision, List<DocumentChange> written)
            throws SQLException {
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
