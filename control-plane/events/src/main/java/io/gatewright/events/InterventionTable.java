package io.gatewright.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code events.intervention}: insert only. */
final class InterventionTable {
    private static final String INSERT = """
        INSERT INTO events.intervention (actor, reason, action, consumer, part, tenant, key, position)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String NEWEST = """
        SELECT id, at, actor, reason, action, consumer, part, tenant, key, position FROM events.intervention
        WHERE consumer = ? ORDER BY id DESC LIMIT ?""";

    private InterventionTable() {}

    static void insert(
            Connection connection,
            Intervention.By by,
            Intervention.Action action,
            String consumer,
            Lane lane,
            long offset)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, by.actor());
            statement.setString(2, by.reason());
            statement.setString(3, action.name().toLowerCase(Locale.ROOT));
            statement.setString(4, consumer);
            statement.setShort(5, (short) lane.partition());
            statement.setString(6, lane.tenant());
            statement.setString(7, lane.key());
            statement.setLong(8, offset);
            statement.executeUpdate();
        }
    }

    /** Newest first. */
    static List<Intervention> newest(Connection connection, String consumer, int most) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NEWEST)) {
            statement.setString(1, consumer);
            statement.setInt(2, most);
            try (ResultSet row = statement.executeQuery()) {
                List<Intervention> interventions = new ArrayList<>();
                while (row.next()) {
                    interventions.add(new Intervention(
                            row.getLong(1),
                            row.getObject(2, OffsetDateTime.class).toInstant(),
                            row.getString(3),
                            row.getString(4),
                            Intervention.Action.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
                            row.getString(6),
                            new Lane(row.getInt(7), row.getString(8), row.getString(9)),
                            row.getLong(10)));
                }
                return interventions;
            }
        }
    }
}
