package io.gatewright.guard.store;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.registry.Registry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The claims and answers in Postgres. One call is one round trip, and can be made again when it is not known whether it was
 * heard. Thread-safe; each call borrows a connection of the {@code gatewright_service} role, in auto-commit.
 */
public final class IdempotencyStore {
    /** Serialisation failure, dead-lock: nothing was done, the same again may work. */
    private static final Set<String> AGAIN = Set.of("40001", "40P01");

    private static final Logger LOG = LoggerFactory.getLogger(IdempotencyStore.class);

    /** How much longer the answer of a server that has given up may take. */
    private static final Duration GRACE = Duration.ofMillis(100);

    private final DataSource connections;
    private final Options options;

    /**
     * How it works.
     *
     * @param timeout after which a call is given up, 250 ms is a good one: the answer comes from memory or not in time. The
     *     server gives up by itself on connections that begin with {@link #session}
     * @param relaxed whether an end may be lost when Postgres crashes, and reads as unknown then; a claim never is
     * @param quota keys that a tenant may hold, 0 for any number
     * @param seal encrypts what is kept of answers; null keeps it in plain
     */
    public record Options(
            Duration timeout,
            boolean relaxed,
            long quota,
            @Nullable Seal seal) {
        public static final Options DEFAULT = new Options(Duration.ofMillis(250), false, 0, null);

        /**
         * What each connection of the pool begins with. A server that gives up by itself leaves no doubt that nothing was done,
         * and nothing that runs on behind a client that has gone. Nobody else should use such connections.
         */
        public String session() {
            return "SET ROLE gatewright_service; SET lock_timeout = '100ms'; SET statement_timeout = "
                    + timeout.toMillis();
        }
    }

    public IdempotencyStore(DataSource connections, Options options) {
        this.connections = connections;
        this.options = options;
    }

    /** What can be done with a connection. */
    @FunctionalInterface
    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Claims the key, or says why not. The same attempt again gets it again, and the claim that it had ends nothing any more. */
    public Acquisition acquire(Attempt attempt) throws StoreUnavailable {
        return call(connection -> ClaimTable.acquire(connection, attempt, options));
    }

    /**
     * Keeps the answer, with its event in the same transaction.
     *
     * @param event CloudEvents JSON, or null for none
     * @return false when the claim is not this one's any more; nothing is changed then
     */
    public boolean complete(Claim claim, StoredAnswer answer, @Nullable String event) throws StoreUnavailable {
        try {
            return call(connection -> ClaimTable.complete(connection, claim, answer, event, options));
        } catch (StoreUnavailable e) {
            if (!e.mayTakeLess()) {
                throw e;
            }
            return completeLess(claim, answer, event, e);
        }
    }

    /** That it has run matters more than what it answered, and that more than who is told. */
    private boolean completeLess(Claim claim, StoredAnswer answer, @Nullable String event, StoreUnavailable why)
            throws StoreUnavailable {
        LOG.error("event=idempotency_end_refused key={} problem=\"{}\"", claim.key(), why.getMessage());
        StoredAnswer slim = new StoredAnswer(answer.status(), answer.fields(), null, answer.digest());
        try {
            return call(connection -> ClaimTable.complete(connection, claim, slim, event, options));
        } catch (StoreUnavailable e) {
            if (!e.mayTakeLess()) {
                throw e;
            }
        }
        try {
            return call(connection -> ClaimTable.complete(connection, claim, answer, null, options));
        } catch (StoreUnavailable e) {
            if (!e.mayTakeLess()) {
                throw e;
            }
        }
        return call(connection -> ClaimTable.complete(connection, claim, slim, null, options));
    }

    /**
     * Takes an attempt back of which it is not known whether it was heard, and for which nothing was sent: the next one may run.
     * If it arrives after this, it gets nothing.
     *
     * @return whether the key is free by it; false when it is another attempt's, or has run
     */
    public boolean withdraw(Attempt attempt) throws StoreUnavailable {
        return call(connection -> {
            boolean free = true;
            for (ScopedKey key : attempt.keys()) {
                free &= ClaimTable.withdraw(connection, attempt, key);
            }
            return free;
        });
    }

    /** Lets the next attempt run, for there is proof that this one did nothing. */
    public boolean release(Claim claim) throws StoreUnavailable {
        return call(connection -> ClaimTable.release(connection, claim));
    }

    /** Says that nobody knows how it ended, and why. */
    public boolean unknown(Claim claim, String cause, @Nullable String event) throws StoreUnavailable {
        return call(connection -> ClaimTable.giveUp(connection, claim, cause, event));
    }

    /** What is known of a key. Never its answer's body. */
    public Optional<KeyState> find(ScopedKey key) throws StoreUnavailable {
        return call(connection -> ClaimTable.find(connection, key));
    }

    /**
     * Ends a claim whose outcome is unknown, since somebody found it out.
     *
     * @param status of the answer of then, or 0 when it has not run and may run
     * @param location of what it made, or empty
     * @param cause who says so and why
     * @return false when the outcome is not unknown; nothing is changed then
     */
    public boolean settle(ScopedKey key, int status, String location, String cause) throws StoreUnavailable {
        return call(connection -> ClaimTable.settle(connection, key, status, location, cause));
    }

    /** The same in a transaction of somebody else's. */
    public static Registry.Deed settlement(ScopedKey key, int status, String location, String cause) {
        return transaction -> ClaimTable.settle(transaction, key, status, location, cause);
    }

    /** Takes a resource for one write, or says why not. The same wish again gets it again, and the lease that it had ends nothing any more. */
    public Leasing lease(WriteWish wish) throws StoreUnavailable {
        return call(connection -> ResourceTable.lease(connection, wish));
    }

    /**
     * Says how the write ended.
     *
     * @param tag the new one with its quotes when it was changed, or null when that is not known
     * @return false when the lease is not this one's any more; nothing is changed then
     */
    public boolean endWrite(Leasing.Leased lease, Leasing.End end, @Nullable String tag) throws StoreUnavailable {
        return call(connection -> ResourceTable.end(connection, lease, end, tag));
    }

    /** Takes a wish back of which it is not known whether it was heard, and for which nothing was sent. */
    public boolean abandon(WriteWish wish) throws StoreUnavailable {
        return call(connection -> ResourceTable.abandon(connection, wish));
    }

    /**
     * What is known of a resource that is about to be read; nothing when a read could tell nothing new.
     *
     * @param resource under every pepper, the newest first
     */
    public Optional<Sight> look(List<ScopedKey> resource) throws StoreUnavailable {
        return call(connection -> ResourceTable.look(connection, resource));
    }

    /**
     * Keeps what a read found that was sent after the look, and ends a quarantine.
     *
     * @param tag with its quotes, or null when the resource is gone
     * @return false when somebody wrote meanwhile; nothing is changed then
     */
    public boolean observe(Sight sight, @Nullable String tag) throws StoreUnavailable {
        return call(connection -> ResourceTable.observe(connection, sight, tag));
    }

    /** Why this Postgres must not keep claims, with what to do; or nothing. */
    public Optional<String> unfit() throws StoreUnavailable {
        return call(ClaimTable::unfit);
    }

    private <T> T call(Work<T> work) throws StoreUnavailable {
        try {
            return once(work);
        } catch (StoreUnavailable e) {
            if (e.getCause() instanceof SQLException cause && AGAIN.contains(String.valueOf(cause.getSQLState()))) {
                return once(work);
            }
            throw e;
        }
    }

    private <T> T once(Work<T> work) throws StoreUnavailable {
        boolean asked = false;
        try (Connection connection = connections.getConnection()) {
            asked = true;
            int before = connection.getNetworkTimeout();
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(options.timeout().plus(GRACE).toMillis()));
            try {
                return work.on(connection);
            } finally {
                if (!connection.isClosed()) { // whoever borrows it next may need longer; pools leave it
                    connection.setNetworkTimeout(Runnable::run, before);
                }
            }
        } catch (SQLException e) {
            throw new StoreUnavailable(e, asked);
        }
    }

    /** The first 16 of the hash's octets, as the table has them. */
    static UUID head(ScopedKey key) {
        return uuid(key.hash(), 0);
    }

    /** The other 16. */
    static UUID tail(ScopedKey key) {
        return uuid(key.hash(), 16);
    }

    private static UUID uuid(Octets hash, int from) {
        ByteBuffer buffer = ByteBuffer.wrap(hash.bytes(), from, 16);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** The Location that is kept beside the claim, for when the answer is not kept any more. */
    static @Nullable String location(Fields fields) {
        String location = fields.first("location");
        return location.isEmpty()
                        || location.getBytes(StandardCharsets.UTF_8).length > 2_000
                        || location.indexOf(0) >= 0
                ? null
                : location;
    }
}
