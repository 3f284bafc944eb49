package io.gatewright.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The table {@code registry.change}: how it came to be. Read together with the revision that made the change. */
final class ChangeTable {
    /** The most rows of {@link #trail}, unless one revision has more. */
    static final int TRAIL_ROWS = 1_000;

    private static final int MORE_THAN_A_REVISION = Changeset.MAX_CHANGES + 1;

    static final String INSERT = """
        INSERT INTO registry.change (revision, position, kind, id, old_version, old_body, new_body)
        SELECT ?, position, kind, id, old_version, old_body::jsonb, new_body::jsonb
        FROM unnest(?::integer[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[])
            AS made (position, kind, id, old_version, old_body, new_body);
        """;

    /** The known revision's hash without its changes, then all later revisions with theirs. */
    static final String SINCE = """
        SELECT r.number, r.hash, c.kind, c.id, c.new_body
        FROM registry.revision r LEFT JOIN registry.change c ON c.revision = r.number AND c.revision > ?
        WHERE r.number >= ?
        ORDER BY r.number, c.position
        """;

    private static final String COLUMNS =
            RevisionTable.HEADER + ", c.kind, c.id, c.old_version, c.old_body, c.new_body";

    private static final String TRAIL = "SELECT " + COLUMNS + """
         FROM registry.revision r LEFT JOIN registry.change c ON c.revision = r.number
        WHERE r.number > ? AND r.number <= ?
        ORDER BY r.number, c.position
        LIMIT ?
        """;

    private static final String OF_DOCUMENT = "SELECT " + COLUMNS + """
         FROM registry.change c JOIN registry.revision r ON r.number = c.revision
        WHERE c.kind = ? AND c.id = ? AND c.revision < ?
        ORDER BY c.revision DESC
        LIMIT ?
        """;

    private static final String STATE_AT = """
        SELECT kind, id, revision, new_body FROM (
            SELECT DISTINCT ON (kind, id) kind, id, revision, new_body
            FROM registry.change WHERE revision <= ?
            ORDER BY kind, id, revision DESC) newest
        WHERE new_body IS NOT NULL
        """;

    private static final String NET = """
        SELECT kind, id, max(revision),
            (array_agg(old_version ORDER BY revision))[1] AS version_then,
            (array_agg(old_body ORDER BY revision))[1] AS body_then,
            (array_agg(new_body ORDER BY revision DESC))[1] AS body_now
        FROM registry.change WHERE revision > ? AND revision <= ?
        GROUP BY kind, id ORDER BY kind, id
        """;

    /** Positions count from 0; no two changes of a revision share one. */
    private static final String MISNUMBERED = """
        SELECT revision FROM registry.change
        GROUP BY revision HAVING max(position) <> count(*) - 1
        ORDER BY revision LIMIT 1
        """;

    private ChangeTable() {}

    /** Binds {@link #INSERT} from a parameter on and returns the next parameter. */
    static int bindInsert(PreparedStatement statement, int first, long revision, List<DocumentChange> changes)
            throws SQLException {
        Connection connection = statement.getConnection();
        Object[] positions = IntStream.range(0, changes.size()).boxed().toArray();
        Object[] oldVersions = changes.stream().map(DocumentChange::oldVersion).toArray();
        statement.setLong(first, revision);
        statement.setArray(first + 1, connection.createArrayOf("integer", positions));
        DocumentTable.bindKeys(statement, first + 2, changes);
        statement.setArray(first + 4, connection.createArrayOf("bigint", oldVersions));
        Columns.setTexts(statement, first + 5, changes, change -> Columns.text(change.oldBody()));
        Columns.setTexts(statement, first + 6, changes, change -> Columns.text(change.newBody()));
        return first + 7;
    }

    /** Binds {@link #SINCE} from a parameter on. */
    static void bindSince(PreparedStatement statement, int first, long known) throws SQLException {
        statement.setLong(first, known);
        statement.setLong(first + 1, known);
    }

    private static DocumentChange change(ResultSet row) throws SQLException {
        int first = RevisionTable.HEADER_COLUMNS + 1;
        return new DocumentChange(
                Columns.key(row, first),
                row.getObject(first + 2, Long.class),
                Columns.json(row, first + 3),
                Columns.json(row, first + 4));
    }

    /**
     * Whole revisions after {@code after} up to {@code last}, oldest first: at least one when there is one, and as many as
     * {@link #TRAIL_ROWS} hold.
     */
    static List<Revision> trail(Connection connection, long after, long last) throws SQLException {
        List<Revision> whole = trail(connection, after, last, TRAIL_ROWS);
        return whole.isEmpty() ? trail(connection, after, last, MORE_THAN_A_REVISION) : whole;
    }

    private static List<Revision> trail(Connection connection, long after, long last, int most) throws SQLException {
        List<RevisionHeader> headers = new ArrayList<>();
        List<List<DocumentChange>> changes = new ArrayList<>();
        int count = 0;
        try (PreparedStatement statement = connection.prepareStatement(TRAIL)) {
            statement.setLong(1, after);
            statement.setLong(2, last);
            statement.setInt(3, most);
            try (ResultSet rows = statement.executeQuery()) {
                for (; rows.next(); count++) {
                    if (headers.isEmpty() || headers.getLast().number() != rows.getLong(1)) {
                        headers.add(RevisionTable.header(rows));
                        changes.add(new ArrayList<>());
                    }
                    if (rows.getString(RevisionTable.HEADER_COLUMNS + 1) != null) {
                        changes.getLast().add(change(rows));
                    }
                }
            }
        }
        boolean lastIsWhole = count < most;
        return IntStream.range(0, lastIsWhole ? headers.size() : headers.size() - 1)
                .mapToObj(i -> new Revision(headers.get(i), changes.get(i)))
                .toList();
    }

    /** The first revision whose changes have a gap in their positions: the hash covers their order, not their numbers. */
    static Optional<Long> misnumbered(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(MISNUMBERED);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
        }
    }

    /** Newest first. */
    static List<History.Past> ofDocument(Connection connection, DocumentKey key, long before, int limit)
            throws SQLException {
        List<History.Past> past = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(OF_DOCUMENT)) {
            statement.setString(1, key.kind().wireName());
            statement.setString(2, key.id());
            statement.setLong(3, before);
            statement.setInt(4, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    past.add(new History.Past(RevisionTable.header(rows), change(rows)));
                }
            }
        }
        return past;
    }

    /** The documents as that revision left them. */
    static List<Document> stateAt(Connection connection, long revision, WhenUnreadable whenUnreadable)
            throws SQLException {
        List<Document> documents = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(STATE_AT)) {
            statement.setLong(1, revision);
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

    /**
     * What several revisions together did to one document.
     *
     * @param revision the last of them that changed it
     * @param oldVersion the revision that wrote {@code oldBody}, null when there was no document
     */
    record Net(
            DocumentKey key,
            long revision,
            @Nullable Long oldVersion,
            @Nullable JsonNode oldBody,
            @Nullable JsonNode newBody) {
        boolean differs() {
            return !Objects.equals(oldBody, newBody);
        }

        long newVersion() {
            return newBody == null ? 0 : revision;
        }
    }

    /** What the revisions after {@code after} up to {@code last} did, sorted by kind and id. */
    static List<Net> net(Connection connection, long after, long last) throws SQLException {
        List<Net> nets = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(NET)) {
            statement.setLong(1, after);
            statement.setLong(2, last);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    nets.add(new Net(
                            Columns.key(rows, 1),
                            rows.getLong(3),
                            rows.getObject(4, Long.class),
                            Columns.json(rows, 5),
                            Columns.json(rows, 6)));
                }
            }
        }
        return nets;
    }

    /** What would undo everything after that revision, but for signing keys: an issuer's old keys help nobody. */
    static List<Change> backTo(Connection connection, long revision, long head) throws SQLException {
        return net(connection, revision, head).stream()
                .filter(net -> net.differs() && net.key().kind() != Kind.SIGNING_KEYS)
                .map(net -> new Change(net.key(), net.newVersion(), net.oldBody()))
                .toList();
    }
}
