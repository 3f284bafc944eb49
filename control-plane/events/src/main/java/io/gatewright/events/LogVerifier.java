package io.gatewright.events;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Proves that the log holds what was appended: every tick carries digests of its events, chained to the tick before. One
 * thread at a time.
 */
public final class LogVerifier {
    private static final int TICKS = 500;
    private static final int DIGEST_BYTES = 16;

    private static final String NEXT = """
        SELECT id, base, n, digests, hash FROM events.tick
        WHERE base >= (SELECT position FROM events.kept) AND id > ? ORDER BY id LIMIT ?""";

    private static final String BODIES = "SELECT \"offset\", body FROM events.numbered(?, ?) ORDER BY \"offset\"";

    private LogVerifier() {}

    /**
     * The first thing that is wrong.
     *
     * @param offset of the event
     * @param problem in one sentence
     */
    public record Broken(long offset, String problem) {}

    private static final class Tick {
        final long id;
        final long base;
        final int n;
        final byte[] digests;
        final byte[] hash;

        Tick(ResultSet row) throws SQLException {
            id = row.getLong(1);
            base = row.getLong(2);
            n = row.getInt(3);
            digests = row.getBytes(4);
            hash = row.getBytes(5);
        }
    }

    /** Reads every event kept; empty when all is as it was. */
    public static Optional<Broken> verify(Connection connection) throws SQLException {
        long last = 0;
        byte[] previous = null;
        long next = -1;
        List<Tick> ticks = ticks(connection, last);
        while (!ticks.isEmpty()) {
            for (Tick tick : ticks) {
                if (next >= 0 && tick.base != next) {
                    return Optional.of(new Broken(next, "the tick that counts it is missing"));
                }
                byte[] before = previous == null && tick.id == 1 ? Ticker.NO_HASH : previous;
                if (before != null && !Arrays.equals(sha256(before, tick.digests), tick.hash)) {
                    return Optional.of(
                            new Broken(tick.base, "the chain of hashes breaks at the tick that begins with it"));
                }
                Optional<Broken> broken = verify(connection, tick);
                if (broken.isPresent()) {
                    return broken;
                }
                previous = tick.hash;
                next = tick.base + tick.n;
                last = tick.id;
            }
            ticks = ticks(connection, last);
        }
        return Optional.empty();
    }

    private static Optional<Broken> verify(Connection connection, Tick tick) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BODIES)) {
            statement.setLong(1, tick.base);
            statement.setInt(2, tick.n);
            try (ResultSet row = statement.executeQuery()) {
                for (int i = 0; i < tick.n; i++) {
                    if (!row.next()) {
                        return Optional.of(
                                new Broken(tick.base + i, "an event of its tick is missing, this one or one before"));
                    }
                    byte[] digest = sha256(row.getString(2).getBytes(StandardCharsets.UTF_8));
                    int at = i * DIGEST_BYTES;
                    if (!Arrays.equals(digest, 0, DIGEST_BYTES, tick.digests, at, at + DIGEST_BYTES)) {
                        return Optional.of(new Broken(tick.base + i, "its body is not the one that was appended"));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static List<Tick> ticks(Connection connection, long after) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NEXT)) {
            statement.setLong(1, after);
            statement.setInt(2, TICKS);
            try (ResultSet row = statement.executeQuery()) {
                List<Tick> ticks = new ArrayList<>();
                while (row.next()) {
                    ticks.add(new Tick(row));
                }
                return ticks;
            }
        }
    }

    private static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
