package io.gatewright.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How our types stand in columns. */
final class Columns {
    private Columns() {}

    static String hash(ResultSet row, int column) throws SQLException {
        return HexFormat.of().formatHex(row.getBytes(column));
    }

    static Instant time(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static @Nullable Instant optionalTime(ResultSet row, int column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    static DocumentKey key(ResultSet row, int kindColumn) throws SQLException {
        String kind = row.getString(kindColumn);
        String id = row.getString(kindColumn + 1);
        return new DocumentKey(
                Kind.of(kind)
                        .orElseThrow(() -> new RegistryException("The registry holds the document " + kind + "/" + id
                                + " of a kind that this version does not know: run a newer version")),
                id);
    }

    static @Nullable JsonNode json(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        return text == null ? null : Json.stored(text);
    }

    static void setHash(PreparedStatement statement, int parameter, String hash) throws SQLException {
        statement.setBytes(parameter, HexFormat.of().parseHex(hash));
    }

    static void setTime(PreparedStatement statement, int parameter, Instant time) throws SQLException {
        statement.setObject(parameter, time.atOffset(ZoneOffset.UTC));
    }

    static <T> void setTexts(
            PreparedStatement statement, int parameter, List<T> rows, Function<T, @Nullable String> text)
            throws SQLException {
        statement.setArray(
                parameter,
                statement
                        .getConnection()
                        .createArrayOf("text", rows.stream().map(text).toArray()));
    }

    static @Nullable String text(@Nullable JsonNode json) {
        return json == null ? null : json.toString();
    }
}
