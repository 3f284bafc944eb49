package io.gatewright.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A handler that writes down in the database what it was given, in the order in which it was. Thread-safe. */
final class Effects implements Handler {
    private final String table;

    private Effects(String table) {
        this.table = table;
    }

    static Effects create(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + table + " (nth bigint GENERATED ALWAYS AS IDENTITY, epoch integer,"
                    + " part integer, part_offset bigint, position bigint, topic text, body text);"
                    + " GRANT ALL ON " + table + " TO gatewright_service");
        }
        return new Effects(table);
    }

    static Effects existing(String table) {
        return new Effects(table);
    }

    @Override
    public void handle(Connection connection, Event event) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO " + table
                + " (epoch, part, part_offset, position, topic, body) VALUES (?, ?, ?, ?, ?, ?)")) {
            statement.setInt(1, event.epoch());
            statement.setInt(2, event.partition());
            statement.setLong(3, event.partitionOffset());
            statement.setLong(4, event.offset());
            statement.setString(5, event.topic());
            statement.setString(6, event.text());
            statement.executeUpdate();
        }
    }

    void readInto(Connection connection, EventHistory history) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT epoch, part, part_offset, position, topic, body FROM " + table + " ORDER BY nth")) {
            while (row.next()) {
                history.delivered(new Event(
                        row.getInt(1),
                        row.getInt(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getString(5),
                        row.getString(6)));
            }
        }
    }
}
