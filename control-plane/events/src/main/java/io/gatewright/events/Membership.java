package io.gatewright.events;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who shares a consumer's partitions: {@code events.member}. One thread at a time.
 *
 * <p>A member counts; the others measure with their own monotonic clock for how long its count has stood still.
 */
final class Membership {
    private static final String BEAT = """
        INSERT INTO events.member (consumer, id, beats) VALUES (?, ?, 0)
        ON CONFLICT (consumer, id) DO UPDATE SET beats = member.beats + 1""";

    private record Seen(long beats, long since) {}

    private final String consumer;
    private final String id;
    private final long leaseNanos;
    private final Map<String, Seen> others = new HashMap<>();

    Membership(String consumer, String id, Duration lease) {
        this.consumer = consumer;
        this.id = id;
        this.leaseNanos = lease.toNanos();
    }

    /** Shows that this one lives, and gives the members that do, sorted. */
    List<String> beat(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BEAT)) {
            statement.setString(1, consumer);
            statement.setString(2, id);
            statement.executeUpdate();
        }
        Map<String, Long> members = read(connection);
        others.keySet().retainAll(members.keySet());
        List<String> alive = new ArrayList<>();
        long now = System.nanoTime();
        for (Map.Entry<String, Long> member : members.entrySet()) {
            Seen seen = others.get(member.getKey());
            if (seen == null || seen.beats() != member.getValue()) {
                others.put(member.getKey(), new Seen(member.getValue(), now));
                alive.add(member.getKey());
            } else if (member.getKey().equals(id) || now - seen.since() <= leaseNanos) {
                alive.add(member.getKey());
            } else {
                remove(connection, member.getKey());
            }
        }
        return alive;
    }

    /** The partitions that are this member's when these share them. */
    List<Integer> share(List<String> alive) {
        List<Integer> mine = new ArrayList<>();
        int place = alive.indexOf(id);
        for (int partition = 0; partition < Partition.COUNT && place >= 0; partition++) {
            if (partition % alive.size() == place) {
                mine.add(partition);
            }
        }
        return mine;
    }

    void leave(Connection connection) throws SQLException {
        remove(connection, id);
    }

    private Map<String, Long> read(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT id, beats FROM events.member WHERE consumer = ?")) {
            statement.setString(1, consumer);
            try (ResultSet row = statement.executeQuery()) {
                Map<String, Long> members = new TreeMap<>();
                while (row.next()) {
                    members.put(row.getString(1), row.getLong(2));
                }
                return members;
            }
        }
    }

    private void remove(Connection connection, String member) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM events.member WHERE consumer = ? AND id = ?")) {
            statement.setString(1, consumer);
            statement.setString(2, member);
            statement.executeUpdate();
        }
    }
}
